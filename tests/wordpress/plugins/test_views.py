"""The plugins of a site on its page, and what is done there."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from estates.connections.models import Connection
from estates.jobs.models import Job
from estates.wordpress.models import PluginFile, PluginLook, SitePlugin
from tests.wordpress.conftest import url
from tests.wordpress.plugins.conftest import SLUG, brought, fetches, look, plugin_of


def page_of(client, site) -> str:
    answer = client.get(url("plugins", site.agency, site.pk))
    assert answer.status_code == 200
    return answer.content.decode()


def address(name, plugin) -> str:
    return url(name, plugin.agency, plugin.site_id, plugin.pk)


@pytest.fixture
def ready(site):
    return brought(site)


def test_a_site_that_nobody_looked_at(site, agency, browser):
    page = page_of(browser(agency), site)
    assert "Nobody has looked yet" in page
    assert url("look_at_plugins", agency, site.pk) in page
    assert "Nobody has looked yet" in browser(agency).get(url("detail", agency, site.pk)).content.decode()


def test_a_viewer_reads_and_asks_for_nothing(site, agency, browser, ready):
    page = page_of(browser(agency, Role.VIEWER), site)
    assert "[ts_immo_map]" in page
    for name in ("look_at_plugins", "fetch_plugin"):
        assert url(name, agency, site.pk, *([ready.pk] if "fetch" in name else [])) not in page
    assert address("download_plugin", ready) not in page
    assert "Agents of the agency can download it." in page


def test_looking_answers_at_once_with_the_job(site, agency, browser):
    client = browser(agency, Role.AGENT)
    assert client.post(url("look_at_plugins", agency, site.pk)).status_code == 302
    page = page_of(client, site)
    assert "data-reload-when-finished" in page
    assert "Ts-Immo is being asked" in page
    assert url("look_at_plugins", agency, site.pk) not in page, "one look at a time"


def test_a_list_of_none_says_so(site, agency, browser, shelf):
    for plugin in shelf.all():
        shelf.withdraw(plugin.slug)
    look(site)
    assert "Ts-Immo lists no plugin for this site" in page_of(browser(agency), site)


def test_a_look_that_failed_is_said_with_the_remotes_words(site, agency, browser, box):
    look(site)
    box.fault("message_string", operation="plugins")
    look(site)
    page = page_of(browser(agency), site)
    assert "One or more fields are invalid" in page
    assert "ts-immo-sync" in page, "what was known stays"


def test_a_plugin_with_all_that_there_is_to_say(site, agency, browser, ready):
    page = page_of(browser(agency), site)
    for shown in ("ts-immo-sync", "2.1.0", "WordPress synchronization plugin", ready.file.sha256, "bytes"):
        assert shown in page
    assert f'href="{address("download_plugin", ready)}" download' in page
    for code in ready.shortcodes:
        assert f'<code class="text-break">[{code}]</code>' in page
        assert f'data-copy="[{code}]"' in page
        assert (
            f'data-copy="&lt;!-- wp:shortcode --&gt;&#10;[{code}]&#10;&lt;!-- /wp:shortcode --&gt;"' in page
        )


def test_what_changed_is_said_in_words(site, agency, browser, shelf):
    look(site)
    shelf.publish(SLUG, version="2.2.0", description="New", shortcodes=("ts_immo_map", "ts_immo_agents"))
    shelf.withdraw("ts-immo-leads")
    shelf.publish("ts-immo-quiz")
    look(site)
    page = page_of(browser(agency), site)
    for line in (
        "Version: 2.1.0 → 2.2.0",
        "New shortcode: [ts_immo_agents]",
        "Shortcodes gone: [ts_immo_listings], [ts_immo_property], [ts_immo_search]",
        "The description is another one.",
        "Ts-Immo no longer lists this plugin for the site.",
        "Listed for the first time.",
    ):
        assert line in page
    assert page.index("ts-immo-sync") < page.index("ts-immo-leads"), "what is gone comes last"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"bytes": True}, "The same version with other content."),
        ({"back": True}, "Listed again."),
        ({"name": ["", "Sync"]}, "Name: – → Sync"),
        ({}, ""),
    ],
)
def test_each_change_has_its_line(site, agency, browser, change, line):
    look(site)
    SitePlugin.objects.for_agency(agency).update(changes=change, changed_at=timezone.now())
    assert ("What changed" in page_of(browser(agency), site)) == bool(line)
    assert line in page_of(browser(agency), site)


def test_a_file_that_is_not_here_yet_shows_its_job_and_a_button(site, agency, browser, box):
    look(site)
    assert "data-reload-when-finished" in page_of(browser(agency), site)
    box.fault("not_found", operation="download_plugin")
    fetches(agency)
    page, plugin = page_of(browser(agency), site), plugin_of(site)
    assert "The remote system does not know this." in page
    assert address("fetch_plugin", plugin) in page
    assert "Not here yet" in page
    box.clear_faults()
    answer = browser(agency, Role.AGENT).post(address("fetch_plugin", plugin), follow=True)
    assert answer.status_code == 200
    fetches(agency)
    assert address("download_plugin", plugin) in page_of(browser(agency), site)


def test_a_refused_file_is_an_alarm_with_what_to_do(site, agency, browser, shelf):
    shelf.sign_wrongly(SLUG)
    plugin = brought(site)
    page = page_of(browser(agency, Role.VIEWER), site)
    for said in (
        "This file was refused. Its bytes are not those that Ts-Immo signed.",
        "It was given to nobody.",
        "tell Ts-Immo",
        plugin.file.found_sha256,
    ):
        assert said in page
    assert address("download_plugin", plugin) not in page_of(browser(agency), site)
    assert address("fetch_plugin", plugin) in page_of(browser(agency), site)
    assert "Refused" in browser(agency).get(url("detail", agency, site.pk)).content.decode()


def test_an_archive_that_may_do_harm_is_not_offered_once_more(site, agency, browser, shelf):
    shelf.spoil(SLUG, "bomb")
    plugin = brought(site)
    page = page_of(browser(agency), site)
    assert "Entries of the archive lie on top of each other" in page
    assert address("fetch_plugin", plugin) not in page


def test_a_file_without_a_signature(site, agency, browser):
    look(site)
    SitePlugin.objects.for_agency(agency).filter(name=SLUG).update(file=None)
    assert "names no SHA-256 signature" in page_of(browser(agency), site)


def test_a_deleted_key_is_said(site, agency, browser):
    plugin = brought(site)
    Connection.objects.across_agencies().update(removed_at=timezone.now())
    client = browser(agency)
    for target in (url("look_at_plugins", agency, site.pk), address("fetch_plugin", plugin)):
        assert (
            "The key of this Ts-Immo account was deleted" in client.post(target, follow=True).content.decode()
        )


def test_hostile_words_are_only_words(site, agency, browser):
    look(site)
    evil = "<script>alert(1)</script>"
    SitePlugin.objects.for_agency(agency).update(
        name=evil, description=evil, version=evil, shortcodes=['x"><b'], changes={"name": [evil, evil]}
    )
    page = page_of(browser(agency), site)
    assert evil not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("name", ["look_at_plugins", "fetch_plugin"])
def test_who_may_ask(site, agency, other_agency, browser, ready, name):
    target = url(name, agency, site.pk, *([ready.pk] if name == "fetch_plugin" else []))
    assert browser(agency, Role.AGENT).post(target).status_code == 302
    assert browser(agency, Role.VIEWER).post(target).status_code == 403
    assert browser(other_agency).post(target).status_code == 404
    assert browser(agency).get(target).status_code == 405


@pytest.mark.parametrize("name", ["fetch_plugin", "download_plugin"])
def test_a_plugin_of_another_site_or_agency_does_not_exist_here(
    agency, other_agency, site, their_site, add, browser, ready, name
):
    """Both ids have to be of one site, and that of one's own agency: neither of them alone opens the door."""
    theirs = brought(their_site)
    second = add(agency, domain="second.example")
    client = browser(agency)
    for pk, plugin in (
        (site.pk, theirs.pk),
        (their_site.pk, theirs.pk),
        (second.pk, ready.pk),
        (site.pk, 9**9),
    ):
        target = reverse(f"wordpress:{name}", args=[agency.slug, pk, plugin])
        assert client.get(target).status_code in (404, 405)
        assert client.post(target).status_code in (404, 405)
    assert theirs.file == ready.file, "the file is the same, the way to it is not"


def test_a_page_takes_as_many_queries_for_many_plugins_as_for_one(
    site, agency, browser, ready, django_assert_max_num_queries
):
    client = browser(agency)
    page_of(client, site)
    PluginLook.objects.update(looked_at=timezone.now())
    file = PluginFile.objects.first()
    for number in range(20):
        SitePlugin.objects.create(
            agency=agency, site=site, remote_id=str(number), name=str(number), version="1", file=file,
            first_seen=timezone.now(), listed_at=timezone.now(),
        )  # fmt: skip
    Job.objects.for_agency(agency).update(finished_at=timezone.now())
    with django_assert_max_num_queries(12):
        page_of(client, site)
