"""A file is ready once its bytes are those that were signed and its archive harms nobody; else it is set apart."""

import random
from hashlib import sha256

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import AuditEntry
from estates.connections.models import Connection, State
from estates.jobs.models import Job, Status
from estates.jobs.run import Run
from estates.wordpress.models import PluginFile
from estates.wordpress.plugins import fetching
from estates.wordpress.plugins.fetching import ask_fetch
from estates.wordpress.plugins.reasons import Reason
from estates.wordpress.states import NotNow
from portal.sandbox.messages import Answer
from portal.sandbox.ts_immo.hostile import HOSTILE
from tests.connections import leaks
from tests.wordpress.conftest import calls, worked
from tests.wordpress.plugins.conftest import SLUG, brought, fetches, file_of, look, lying, plugin_of
from tests.wordpress.plugins.test_examine import EXPECTED

READY, REFUSED = PluginFile.State.READY, PluginFile.State.REFUSED


def stored(file) -> bytes:
    with default_storage.open(file.stored_as) as body:
        return body.read()


def entries(agency, action) -> list[AuditEntry]:
    return list(AuditEntry.objects.for_agency(agency).filter(action=action))


def sends(box, body, times=None):
    box.dial.kinds["sends"] = lambda *_exchange: Answer(200, body, "application/zip")
    box.fault("sends", operation="download_plugin", times=times)


def test_a_good_file_is_ready_with_the_bytes_that_were_signed(site, shelf):
    file = brought(site).file
    assert (file.state, file.reason, file.detail) == (READY, "", "")
    assert stored(file) == shelf.named(SLUG).archive
    assert file.size == len(stored(file))
    assert sha256(stored(file)).hexdigest() == file.sha256 == file.found_sha256
    (entry,) = [each for each in entries(site.agency, "plugin.fetched") if each.subject.startswith(SLUG)]
    assert entry.detail == {"site": str(site), "sha256": file.sha256}


def test_the_key_of_the_account_goes_along_and_is_kept_nowhere(site, box, caplog):
    brought(site)
    assert [entry.account for entry in box.received if entry.operation == "download_plugin"] == [
        "Agence Martin"
    ] * 2
    assert leaks.found("tsi_demo_martin_4f7c2a", leaks.database()) == []


def test_other_bytes_are_refused_kept_and_given_to_nobody(site, shelf, storage):
    shelf.sign_wrongly(SLUG)
    look(site)
    jobs = {job.title: job for job in fetches(site.agency)}
    job, file, archive = jobs["ts-immo-sync 2.1.0"], file_of(site), shelf.named(SLUG).archive
    assert (job.status, job.error_kind, job.error) == (Status.FAILED, "untrusted", "")
    assert "given to nobody" in str(job.sentence)
    assert (file.state, file.reason, file.stored_as) == (REFUSED, Reason.OTHER_BYTES, "")
    assert (file.found_sha256, file.size) == (sha256(archive).hexdigest(), len(archive))
    assert file.evidence_as == f"plugins/refused/{file.found_sha256}.bin"
    assert (storage / file.evidence_as).read_bytes() == archive
    (entry,) = entries(site.agency, "plugin.refused")
    assert entry.detail == {"site": str(site), "reason": "other_bytes", "sha256": file.found_sha256}


def test_evidence_carries_no_key(site, box, storage):
    sends(box, b"<p>Who are you, tsi_demo_martin_4f7c2a?</p>")
    file = brought(site).file
    assert (storage / file.evidence_as).read_bytes() == b"<p>Who are you, [key removed]?</p>"


@pytest.mark.parametrize("how", EXPECTED)
def test_a_hostile_archive_that_is_rightly_signed_is_refused_for_what_it_is(site, shelf, storage, how):
    shelf.withdraw("ts-immo-leads")
    shelf.spoil(SLUG, how)
    look(site)
    (job,) = fetches(site.agency)
    file = file_of(site)
    assert (job.status, job.error_kind) == (Status.FAILED, "untrusted")
    assert (file.state, file.reason, file.stored_as) == (REFUSED, EXPECTED[how], "")
    assert (storage / file.evidence_as).read_bytes() == HOSTILE[how](SLUG, "2.1.0")
    assert lying(storage) == [file.evidence_as]


def test_what_is_unfit_is_not_fetched_again_by_itself_but_other_bytes_are(site, shelf, box):
    shelf.spoil("ts-immo-leads", "symlink")
    shelf.sign_wrongly(SLUG)
    brought(site)
    assert calls(box, "download_plugin") == 2
    brought(site)
    assert calls(box, "download_plugin") == 3
    assert file_of(site, "ts-immo-leads").reason == Reason.LINK


def test_other_bytes_that_keep_coming_are_kept_once(site, shelf, storage):
    shelf.sign_wrongly(SLUG)
    first = brought(site).file
    again = brought(site).file
    assert again.evidence_as == first.evidence_as
    assert len([name for name in lying(storage) if "refused" in name]) == 1


def test_a_file_that_comes_right_the_next_time_is_ready(site, box, storage):
    sends(box, b"<h1>Maintenance</h1>")
    assert brought(site).file.state == REFUSED
    box.clear_faults()
    file = brought(site).file
    assert (file.state, file.reason) == (READY, "")
    assert (storage / file.evidence_as).read_bytes() == b"<h1>Maintenance</h1>"


@pytest.mark.parametrize("fault", ["error_500", "dropped", "length_longer", "throttled"])
def test_a_remote_in_trouble_is_asked_again(site, box, fault, storage):
    look(site)
    box.fault(fault, operation="download_plugin", times=2)
    jobs = fetches(site.agency)
    assert {job.status for job in jobs} == {Status.WAITING}
    assert lying(storage) == []
    assert {worked(job).status for job in jobs} == {Status.DONE}
    assert file_of(site).state == READY


def test_a_larger_file_than_any_plugin_is_broken_off(site, box, monkeypatch):
    monkeypatch.setattr("estates.remotes.ts_immo.PLUGIN_BYTES", 100)
    assert brought(site).file.state == PluginFile.State.LISTED


def test_what_another_agency_has_brought_is_not_fetched_again(site, their_site, box):
    mine = brought(site).file
    theirs = brought(their_site).file
    assert theirs == mine
    assert calls(box, "download_plugin") == 2
    assert entries(their_site.agency, "plugin.fetched") == []


def test_two_who_fetch_at_once_do_no_harm(site, their_site, storage):
    look(site)
    look(their_site)
    assert {job.status for job in fetches(site.agency)} == {Status.DONE}
    PluginFile.objects.update(state=PluginFile.State.LISTED)
    assert {job.status for job in fetches(their_site.agency)} == {Status.DONE}
    file = file_of(site)
    assert file.state == READY
    assert sha256(stored(file)).hexdigest() == file.sha256


def test_other_bytes_at_one_agency_stop_the_file_for_all(site, their_site, box, manager):
    """It was good and ready; then somebody got something else for the very same signature."""
    file = brought(site).file
    look(their_site)
    default_storage.delete(file.stored_as)
    ask_fetch(plugin_of(their_site), manager)
    sends(box, b"PK something else")
    fetches(their_site.agency)
    assert file_of(site).state == REFUSED


def test_a_file_that_the_storage_lost_is_fetched_anew(site, manager):
    plugin = brought(site)
    default_storage.delete(plugin.file.stored_as)
    assert worked(ask_fetch(plugin, manager)).status == Status.DONE
    assert stored(file_of(site))


def test_a_worker_that_loses_its_claim_puts_nothing_into_use(site, monkeypatch, storage):
    look(site)
    job = Job.objects.for_agency(site.agency).filter(kind="wordpress.fetch_plugin").latest("pk")
    save = default_storage.save

    def saved(name, content):
        Job.objects.across_agencies().update(claim="another worker")
        return save(name, content)

    monkeypatch.setattr(fetching.default_storage, "save", saved)
    worked(job)
    assert set(PluginFile.objects.values_list("state", flat=True)) == {PluginFile.State.LISTED}


def test_a_slow_download_is_no_silence_and_can_be_stopped(site, shelf, monkeypatch, storage):
    """Every piece is told to the run, which would otherwise lose its job to another worker."""
    shelf.withdraw("ts-immo-leads")
    shelf.publish(SLUG, remark=random.Random(1).randbytes(400_000).hex())
    look(site)
    (job,) = Job.objects.for_agency(site.agency).filter(kind="wordpress.fetch_plugin")
    monkeypatch.setattr("estates.jobs.run.REPORT_EVERY", 0)
    report, told = Run.report, []

    def reported(run, *args, **kwargs):
        told.append(args)
        if len(told) == 4:
            Job.objects.for_agency(site.agency).filter(pk=job.pk).update(cancel_asked=True)
        report(run, *args, **kwargs)

    monkeypatch.setattr(Run, "report", reported)
    assert worked(job).status == Status.CANCELLED
    assert len(told) == 4
    assert lying(storage) == []


# Who asks


def test_a_person_asks_once_and_it_is_in_the_trail(site, shelf, manager):
    shelf.sign_wrongly(SLUG)
    plugin = brought(site)
    job = ask_fetch(plugin, manager)
    assert ask_fetch(plugin, manager) == job
    assert worked(job).status == Status.FAILED
    (entry,) = entries(site.agency, "plugin.fetch_asked")
    assert (entry.actor, entry.subject, entry.detail) == (manager, "ts-immo-sync 2.1.0", {"site": str(site)})


def test_without_the_accounts_key_nobody_asks(site, manager):
    plugin = brought(site)
    Connection.objects.across_agencies().update(removed_at=timezone.now())
    with pytest.raises(NotNow):
        ask_fetch(plugin, manager)


def test_a_plugin_that_is_no_longer_listed_is_not_fetched(site, shelf, manager, box):
    look(site)
    plugin = plugin_of(site)
    shelf.withdraw(SLUG)
    look(site)
    assert worked(ask_fetch(plugin, manager)).status == Status.DONE
    assert file_of(site).state == PluginFile.State.LISTED


def test_a_file_with_other_bytes_says_nothing_about_the_connection(site, shelf):
    shelf.sign_wrongly(SLUG)
    brought(site)
    assert Connection.objects.for_agency(site.agency).get().state == State.WORKING
