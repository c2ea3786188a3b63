from datetime import timedelta

import pytest
from django.utils import timezone

from estates.catalogue.models import SyncRun
from estates.catalogue.retention import forget_old_runs


@pytest.fixture
def ended(agency, connected):
    def make(days: int, status: str = "done") -> SyncRun:
        run = SyncRun.objects.create(agency=agency, connection=connected(agency), status=status)
        SyncRun.objects.for_agency(agency).filter(pk=run.pk).update(
            finished_at=timezone.now() - timedelta(days=days)
        )
        return run

    return make


def test_old_syncs_are_forgotten_but_not_the_last_nor_an_open_question(agency, ended):
    ended(200)
    question = ended(150, "asking")
    ended(120, "failed")
    newest = ended(100)
    assert forget_old_runs() == 2
    assert list(SyncRun.objects.for_agency(agency).order_by("pk")) == [question, newest]


def test_recent_syncs_stay(agency, ended):
    ended(89)
    ended(1)
    assert forget_old_runs() == 0
