"""What Ts-Immo lists is kept with what changed, and what it promises is fetched before anybody asks."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry
from estates.jobs.models import Job, Status
from estates.jobs.work import work
from estates.wordpress import switching
from estates.wordpress.models import PluginFile, PluginLook, Site, SitePlugin, State
from estates.wordpress.plugins import looking
from estates.wordpress.plugins.looking import ask_look, plugins_of, start_daily_looks
from estates.wordpress.states import NotNow
from portal.sandbox.messages import json_answer
from tests.wordpress.conftest import calls, worked
from tests.wordpress.plugins.conftest import SLUG, brought, fetches, look, plugin_of


def changes(site, slug=SLUG) -> dict:
    return plugin_of(site, slug).changes


def says(box, *plugins):
    """Ts-Immo answers the next look with these."""
    box.dial.kinds["says"] = lambda *_exchange: json_answer(list(plugins))
    box.fault("says", operation="plugins", times=1)


def described(**changes) -> dict:
    return {"id": "p-1", "name": SLUG, "version": "1.0", "signature": "sha256:" + "ab" * 32, **changes}


def test_the_list_is_kept_as_it_was_told(site, shelf):
    assert look(site).status == Status.DONE
    plugin, told = plugin_of(site), shelf.named(SLUG)
    assert (plugin.remote_id, plugin.version, plugin.description) == (told.id, told.version, told.description)
    assert plugin.shortcodes == list(told.shortcodes)
    assert plugin.file.sha256 == told.signature.removeprefix("sha256:")
    assert plugin.file.state == PluginFile.State.LISTED
    assert PluginLook.objects.get(site=site).looked_at == plugin.listed_at


def test_nothing_is_new_at_the_first_look(site):
    look(site)
    assert [plugin.changes for plugin in plugins_of(site)] == [{}, {}]
    look(site)
    assert [plugin.changes for plugin in plugins_of(site)] == [{}, {}]


def test_each_listed_file_is_fetched_without_being_asked_for(site, box):
    look(site)
    jobs = Job.objects.for_agency(site.agency).filter(kind="wordpress.fetch_plugin")
    assert {job.title for job in jobs} == {"ts-immo-sync 2.1.0", "ts-immo-leads 1.4.2"}
    look(site)
    assert jobs.count() == 2, "one fetch at a time"
    fetches(site.agency)
    look(site)
    assert jobs.count() == 2, "what is here is not fetched again"
    assert calls(box, "download_plugin") == 2


def test_what_changed_is_kept_until_something_else_does(site, shelf):
    look(site)
    shelf.publish(
        SLUG, version="2.2.0", description="Now with agents", shortcodes=("ts_immo_map", "ts_immo_agents")
    )
    look(site)
    expected = {
        "version": ["2.1.0", "2.2.0"],
        "description": True,
        "shortcodes": {
            "added": ["ts_immo_agents"],
            "removed": ["ts_immo_listings", "ts_immo_property", "ts_immo_search"],
        },
    }
    assert changes(site) == expected
    at = plugin_of(site).changed_at
    look(site)
    assert (changes(site), plugin_of(site).changed_at) == (expected, at)
    shelf.publish(SLUG, version="2.3.0")
    look(site)
    assert changes(site) == {"version": ["2.2.0", "2.3.0"]}
    assert changes(site, "ts-immo-leads") == {}


def test_new_withdrawn_and_back_again(site, shelf):
    look(site)
    shelf.publish("ts-immo-quiz")
    shelf.withdraw(SLUG)
    look(site)
    assert changes(site, "ts-immo-quiz") == {"new": True}
    assert changes(site) == {"withdrawn": True}
    gone = plugin_of(site).withdrawn_at
    assert gone
    look(site)
    assert plugin_of(site).withdrawn_at == gone
    shelf.publish(SLUG, version="3.0.0")
    says_id = shelf.named(SLUG).id
    look(site)
    assert plugin_of(site).remote_id == says_id
    assert changes(site)["back"] is True
    assert plugin_of(site).withdrawn_at is None


def test_the_same_version_with_other_bytes_is_a_change(site, shelf):
    look(site)
    shelf.repack(SLUG)
    look(site)
    assert changes(site) == {"bytes": True}


def test_an_empty_list_withdraws_and_deletes_nothing(site, shelf):
    brought(site)
    for plugin in shelf.all():
        shelf.withdraw(plugin.slug)
    look(site)
    assert [bool(plugin.withdrawn_at) for plugin in plugins_of(site)] == [True, True]
    assert PluginFile.objects.filter(state=PluginFile.State.READY).count() == 2


@pytest.mark.parametrize("fault", ["error_500", "not_json", "wrong_key", "message_string"])
def test_a_look_that_fails_changes_nothing(site, box, fault):
    look(site)
    before = list(plugins_of(site).values())
    box.fault(fault, operation="plugins")
    look(site)
    assert list(plugins_of(site).values()) == before


@pytest.mark.parametrize("signature", ["", "md5:abc", "sha256:abc", None, 7])
def test_without_a_usable_signature_there_is_no_file_to_offer(site, box, signature):
    says(box, described(signature=signature))
    look(site)
    assert plugin_of(site).file is None
    assert fetches(site.agency) == []


def test_shortcodes_are_what_wordpress_takes_for_them(site, box):
    odd = [
        "[a_list]",
        "a_list",
        {"name": "a-map"},
        "two words",
        "<script>",
        "x]y",
        "é_carte",
        "",
        'a"b',
        "\u2028",
    ]
    says(box, described(shortcodes=odd))
    look(site)
    assert plugin_of(site).shortcodes == ["a_list", "a-map", "é_carte", 'a"b']


def test_one_id_listed_twice_is_one_plugin(site, box):
    says(box, described(version="1.0"), described(version="1.1"))
    look(site)
    assert plugins_of(site).count() == 1


def test_more_plugins_than_there_can_be_are_not_believed(site, box):
    says(box, *(described(id=f"p-{number}") for number in range(looking.MOST_PLUGINS + 1)))
    assert look(site).error_kind == "malformed"
    assert not plugins_of(site).exists()


def test_a_name_is_the_same_in_any_case_and_an_id_stands_in_for_none(site, box):
    says(box, described(name=" TS-Immo-Sync "), described(id="p-2", name=""))
    look(site)
    assert set(PluginFile.objects.values_list("plugin", flat=True)) == {SLUG, "p-2"}


def test_two_agencies_share_the_file_and_nothing_else(site, their_site):
    look(site)
    look(their_site)
    mine, theirs = plugin_of(site), plugin_of(their_site)
    assert mine.file == theirs.file
    assert (mine.agency, theirs.agency) == (site.agency, their_site.agency)
    assert PluginFile.objects.count() == 2


def test_the_last_time_a_file_was_listed_is_kept_up_to_date(site):
    look(site)
    PluginFile.objects.update(listed_at=timezone.now() - timedelta(days=9))
    look(site)
    assert {file.listed_at > timezone.now() - timedelta(hours=1) for file in PluginFile.objects.all()} == {
        True
    }


@pytest.mark.django_db(transaction=True)
def test_two_agencies_that_look_at_once_name_each_file_once(site, their_site, shelf, box):
    """In either order of the list, which two transactions would have waited for each other on."""
    for number in range(12):
        shelf.publish(f"a-{number}")
        box.account("riviera").plugins.publish(f"a-{11 - number}")
    jobs = [looking.start_look(each) for each in (site, their_site)]
    ready = threading.Barrier(len(jobs))

    def at_work(job):
        ready.wait(10)
        try:
            return work(job.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as workers:
        assert list(workers.map(at_work, jobs)) == [True, True]
    ended = Job.objects.across_agencies().filter(kind="wordpress.plugins")
    assert {(job.status, job.attempts) for job in ended} == {(Status.DONE, 1)}
    assert PluginFile.objects.count() == 14


# Who asks


def test_a_person_asks_once_and_it_is_in_the_trail(site, manager):
    job = ask_look(site, manager)
    assert ask_look(site, manager) == job
    assert (job.kind, job.asked_by, job.title) == ("wordpress.plugins", manager, str(site))
    actions = AuditEntry.objects.for_agency(site.agency).values_list("action", flat=True)
    assert list(actions).count("plugins.look_asked") == 1


def test_without_the_accounts_key_nobody_asks(site, manager):
    type(site.connection).objects.across_agencies().update(removed_at=timezone.now())
    with pytest.raises(NotNow):
        ask_look(site, manager)


def test_an_activated_site_is_looked_at(site, manager):
    worked(switching.activate(site, manager))
    job = Job.objects.for_agency(site.agency).get(kind="wordpress.plugins")
    assert (job.status, job.asked_by) == (Status.QUEUED, manager)


def test_every_active_site_is_looked_at_each_day(site, their_site, add, agency):
    Site.objects.across_agencies().update(state=State.ACTIVE)
    add(agency, domain="inactive.example")
    assert start_daily_looks() == 2
    assert start_daily_looks() == 2
    assert Job.objects.across_agencies().filter(kind="wordpress.plugins").count() == 2
    type(site.connection).objects.for_agency(agency).update(removed_at=timezone.now())
    assert start_daily_looks() == 1


def test_a_site_that_vanished_ends_its_job(site):
    job = looking.start_look(site)
    site.delete()
    assert worked(job).status == Status.DONE
    assert not SitePlugin.objects.across_agencies().exists()
