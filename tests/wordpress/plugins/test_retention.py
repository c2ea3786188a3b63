"""Files that no list names any more go after ninety days; what an operator may still need stays."""

import os
import time
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from estates.wordpress.models import PluginFile, SitePlugin
from estates.wordpress.plugins.retention import KEPT, LEFT_OVER, forget_old_files, sweep
from tests.wordpress.conftest import url
from tests.wordpress.plugins.conftest import SLUG, brought, file_of, look, lying, plugin_of


def age(rows, column, days):
    rows.update(**{column: timezone.now() - timedelta(days=days)})


def aged(storage, name, days) -> str:
    then = time.time() - days * 86_400
    os.utime(storage / name, (then, then))
    return name


@pytest.fixture
def outdated(site, shelf, storage) -> PluginFile:
    """A build that was followed by another one a hundred days ago."""
    file = brought(site).file
    aged(storage, file.stored_as, 100)
    shelf.publish(SLUG, version="2.2.0")
    brought(site)
    age(PluginFile.objects.filter(pk=file.pk), "listed_at", 100)
    return file


def test_a_build_that_no_list_names_goes_with_its_file(outdated, site, storage):
    assert forget_old_files() == 1
    assert not PluginFile.objects.filter(pk=outdated.pk).exists()
    assert outdated.stored_as not in lying(storage)
    assert file_of(site).stored_as in lying(storage)


def test_it_stays_within_its_time(outdated):
    age(PluginFile.objects.filter(pk=outdated.pk), "listed_at", KEPT.days - 1)
    assert forget_old_files() == 0


def test_what_is_still_listed_stays_even_if_nobody_looks_any_more(site):
    brought(site)
    age(PluginFile.objects.all(), "listed_at", 400)
    assert forget_old_files() == 0
    assert plugin_of(site).file


def test_what_was_refused_stays(outdated, storage):
    PluginFile.objects.filter(pk=outdated.pk).update(state=PluginFile.State.REFUSED)
    assert forget_old_files() == 0


def test_a_rival_of_what_is_listed_stays(site, shelf):
    """Else the same version with other bytes would be forgotten, and given out again."""
    file = brought(site).file
    shelf.repack(SLUG)
    brought(site)
    age(PluginFile.objects.filter(pk=file.pk), "listed_at", 100)
    assert forget_old_files() == 0


def test_what_was_withdrawn_long_ago_is_no_longer_shown(site, shelf):
    brought(site)
    shelf.withdraw(SLUG)
    look(site)
    assert forget_old_files() == 0
    assert SitePlugin.objects.for_agency(site.agency).count() == 2
    age(SitePlugin.objects.for_agency(site.agency).filter(name=SLUG), "withdrawn_at", 100)
    age(PluginFile.objects.filter(plugin=SLUG), "listed_at", 100)
    assert forget_old_files() == 1
    assert SitePlugin.objects.for_agency(site.agency).count() == 1


def test_what_a_dead_worker_left_is_swept_up(site, storage):
    ready = aged(storage, brought(site).file.stored_as, 9)
    left = aged(storage, default_storage.save("plugins/left.zip", ContentFile(b"PK")), 2)
    fresh = default_storage.save("plugins/fresh.zip", ContentFile(b"PK"))
    assert sweep() == 1
    assert left not in lying(storage)
    assert {ready, fresh} <= set(lying(storage))


def test_evidence_is_kept_for_as_long_as_files(site, shelf, storage):
    shelf.sign_wrongly(SLUG)
    last = aged(storage, brought(site).file.evidence_as, 400)
    older = aged(storage, default_storage.save("plugins/refused/older.bin", ContentFile(b"x")), 80)
    oldest = aged(storage, default_storage.save("plugins/refused/oldest.bin", ContentFile(b"x")), 100)
    assert sweep() == 1
    assert oldest not in lying(storage)
    assert {last, older} <= set(lying(storage))


def test_without_any_file_there_is_nothing_to_sweep(db):
    assert forget_old_files() == 0


def test_in_a_bucket(bucket, site, shelf, agency, browser, time_machine):
    """Kept, given from where a download broke off, and swept up where no build names it."""
    plugin = brought(site)
    address = url("download_plugin", agency, site.pk, plugin.pk)
    rest = browser(agency).get(address, headers={"Range": "bytes=100-"})
    assert rest.status_code == 206
    assert b"".join(rest.streaming_content) == shelf.named(SLUG).archive[100:]
    bucket.save("plugins/left.zip", ContentFile(b"PK"))
    assert sweep() == 0
    time_machine.move_to(timezone.now() + LEFT_OVER + timedelta(hours=1))
    assert sweep() == 1
    assert [f"plugins/{name}" for name in bucket.listdir("plugins")[1]] == [
        *PluginFile.objects.exclude(stored_as="").values_list("stored_as", flat=True).order_by("stored_as")
    ]
