"""Drafts that nobody comes back to, and files that no row names."""

import os
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from support.attachments import retention
from support.attachments.retention import forget_old_drafts, sweep
from support.drafting import drop
from support.models import Attachment, Draft
from support.tasks import forget_old_drafts as task
from tests.support.attachments.conftest import files


@pytest.fixture
def aged(agency):
    def age(days):
        Draft.objects.for_agency(agency).update(changed_at=timezone.now() - timedelta(days=days))

    return age


def lay(storage, path, hours=0):
    default_storage.save(path, ContentFile(b"x"))
    then = timezone.now().timestamp() - hours * 3600
    os.utime(storage / path, (then, then))


def test_a_draft_of_a_month_ago_goes_with_its_files(
    attachment, agency, aged, storage, django_capture_on_commit_callbacks
):
    aged(31)
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_old_drafts() == 1
    assert not Draft.objects.for_agency(agency).exists()
    assert not Attachment.objects.for_agency(agency).exists()
    assert files(storage) == set()


def test_a_younger_one_stays(attachment, agency, aged, storage):
    aged(29)
    task()
    assert Attachment.objects.for_agency(agency).exists()
    assert len(files(storage)) == 2


def test_a_file_that_comes_is_a_touch(attachment, agency, aged, send):
    aged(31)
    send("b.txt", b"text")
    assert forget_old_drafts() == 0


def test_one_that_is_touched_at_that_moment_stays(attachment, agency, aged, monkeypatch):
    aged(31)
    original = retention._forget

    def touched(draft):
        Draft.objects.for_agency(agency).filter(pk=draft.pk).update(changed_at=timezone.now())
        return original(draft)

    monkeypatch.setattr(retention, "_forget", touched)
    assert forget_old_drafts() == 0
    assert Attachment.objects.for_agency(agency).exists()


def test_files_without_a_row_are_swept_after_a_day(attachment, agency, storage):
    lay(storage, f"support/{agency.pk}/old.png", hours=25)
    lay(storage, f"support/{agency.pk}/fresh.png", hours=1)
    lay(storage, "plugins/old.zip", hours=900)
    for name in (attachment.stored_as, attachment.thumbnail_as):
        os.utime(storage / name, (0, 0))
    assert sweep() == 1
    assert files(storage) == {
        attachment.stored_as,
        attachment.thumbnail_as,
        f"support/{agency.pk}/fresh.png",
        "plugins/old.zip",
    }


def test_nothing_to_sweep(db):
    assert sweep() == 0


def test_a_draft_that_is_dropped_takes_its_files_along(
    attachment, draft, storage, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        drop(draft)
    assert files(storage) == set()
