from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.jobs.models import Job, Status
from estates.leads.aviv import importing
from estates.leads.models import LeadSource
from estates.remotes.aviv import AvivClient

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The process is gone: nothing below catches it."""


@pytest.fixture
def import_since(source, member, agency, finish):
    def run(days: int, slices=200) -> Job:
        since = timezone.localdate() - timedelta(days=days)
        return finish(importing.start_import(source.connection, since, member(agency)), slices)

    return run


def given(account) -> list[str]:
    return sorted(lead.id for lead in account.leads.all())


def test_a_year_comes_week_by_week_with_progress(agency, account, box, source, import_since, ids, settings):
    settings.JOB_SLICE_SECONDS = 0
    account.add_leads(300, over_days=364)
    job = import_since(365)
    assert job.status == Status.DONE
    assert ids(agency) == given(account)
    assert (job.done, job.total) == (53, 53)
    assert job.checkpoint["read"] >= 300
    windows = [dict(parse_qsl(entry.query)) for entry in box.received if entry.operation == "leads"]
    assert all(int(each["maxDate"]) - int(each["minDate"]) <= 7 * 86_400 for each in windows)
    assert LeadSource.objects.for_agency(agency).get().polled_to is None, "fetching goes its own way"


def test_nothing_older_than_was_picked(agency, account, import_since, ids):
    account.add_leads(50, over_days=100)
    import_since(30)
    assert 10 < len(ids(agency)) < 20


def test_it_survives_deaths_anywhere_and_doubles_nothing(agency, account, import_since, ids, monkeypatch):
    account.add_leads(260, over_days=30)
    leads, deaths = AvivClient.leads, iter([1, 0, 1, 0, 1])

    def deadly(self, *arguments, **options):
        answer = leads(self, *arguments, **options)
        if next(deaths, 0):
            raise Killed
        return answer

    monkeypatch.setattr(AvivClient, "leads", deadly)
    for _ in range(3):
        with pytest.raises(Killed):
            import_since(31)
        Job.objects.for_agency(agency).filter(kind=importing.KIND).update(status="queued", claim="")
    assert import_since(31).status == Status.DONE
    assert ids(agency) == given(account)
    assert len(ids(agency)) == 260


def test_asked_twice_it_is_the_same(agency, source, member):
    first = importing.start_import(source.connection, timezone.localdate(), member(agency))
    assert importing.start_import(source.connection, timezone.localdate(), member(agency)) == first


def test_the_form_takes_two_years_at_most_and_says_so(agency, browser, source):
    manager, where = (
        browser(agency, Role.MANAGER),
        reverse("leads:aviv_import", args=[agency.slug, source.connection_id]),
    )
    today = timezone.localdate()
    for since, words in [
        (today - timedelta(days=800), "two years at most"),
        (today + timedelta(days=1), "still to come"),
        ("", "required"),
        ("0001-01-01", "two years at most"),
    ]:
        assert words in manager.post(where, {"since": since}).content.decode()
    assert not Job.objects.for_agency(agency).filter(kind=importing.KIND).exists()
    assert manager.post(where, {"since": today - timedelta(days=731)}).status_code == 302
    assert Job.objects.for_agency(agency).filter(kind=importing.KIND).count() == 1
    assert AuditEntry.objects.for_agency(agency).filter(action="leads.import_asked").exists()
    assert browser(agency, Role.AGENT).post(where, {"since": today}).status_code == 403
