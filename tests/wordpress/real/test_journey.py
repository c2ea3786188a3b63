"""A plugin's way through the portal onto a real WordPress, and what health sees of it there, on and off."""

from collections.abc import Callable
from pathlib import Path

import pytest

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.jobs.models import OPEN, Job, Status
from estates.wordpress.health.asking import ask_look
from estates.wordpress.models import Condition, PluginFile, SiteHealth
from estates.wordpress.plugins.looking import ask_look as ask_plugins
from portal.sandbox.ts_immo.plugins import PLUGINS
from tests.wordpress.conftest import url, worked
from tests.wordpress.plugins.conftest import plugin_of
from tests.wordpress.real import doing

pytestmark = pytest.mark.real_wordpress

SYNC = next(plugin for plugin in PLUGINS if plugin.slug == "ts-immo-sync")
AS_HOME = (
    "update_option( 'show_on_front', 'page' ); update_option( 'page_on_front', url_to_postid( $given ) );"
)


@pytest.fixture
def download(site, agency, browser, settings, tmp_path) -> Callable[[], Path]:
    """`download()` is the plugin's file as an agent's browser saves it, once the workers have nothing left to do."""
    settings.MEDIA_ROOT = tmp_path / "media"

    def get() -> Path:
        while job := Job.objects.for_agency(agency).filter(status__in=OPEN).order_by("pk").first():
            assert worked(job).status == Status.DONE
        target = url("download_plugin", agency, site.pk, plugin_of(site, SYNC.slug).pk)
        client = browser(agency, Role.AGENT)
        assert target in client.get(url("plugins", agency, site.pk)).content.decode()
        answer = client.get(target)
        assert (answer.status_code, answer.streaming) == (200, True)
        saved = tmp_path / answer["Content-Disposition"].partition('filename="')[2].rstrip('"')
        saved.write_bytes(b"".join(answer.streaming_content))
        return saved

    return get


@pytest.fixture
def downloaded(download) -> Path:
    """What the activation alone has brought, asked for by nobody."""
    return download()


@pytest.fixture
def plugin(wordpress, downloaded):
    """That very file installed and activated by WordPress; its shortcode is on the home page."""
    name = doing.install(wordpress, downloaded)
    doing.activate(wordpress, name)
    home = doing.add_page(wordpress, "Accueil", f"[{SYNC.shortcodes[0]}]")
    wordpress.php(AS_HOME, home)
    yield name
    wordpress.php("update_option( 'show_on_front', 'posts' );")
    doing.deactivate(wordpress, name)
    wordpress.php(doing.UPGRADER + "done_or_die( delete_plugins( array( $given ) ) );", name)


def looked_at(site, person) -> SiteHealth:
    assert worked(ask_look(site, person)).status == Status.DONE
    return SiteHealth.objects.for_agency(site.agency).get(site=site)


def codes(health: SiteHealth) -> list[str]:
    return [fault["code"] for fault in health.faults]


def test_from_ts_immo_to_a_page(site, plugin, downloaded, agency, member, wordpress, read):
    assert (downloaded.name, downloaded.read_bytes()) == ("ts-immo-sync-2.1.0.zip", SYNC.archive)
    assert {file.state for file in PluginFile.objects.all()} == {PluginFile.State.READY}
    assert plugin == "ts-immo-sync/ts-immo-sync.php"
    assert '<div class="ts-immo-sync">ts_immo_listings</div>' in read("/").data.decode()
    entry = AuditEntry.objects.for_agency(agency).get(action="plugin.downloaded")
    assert (entry.actor, entry.subject) == (member(agency, Role.AGENT), "ts-immo-sync 2.1.0")

    health = looked_at(site, member(agency, Role.AGENT))
    assert (health.verdict, health.faults) == (Condition.UP, [])
    assert health.facts["wordpress"] == wordpress.php("echo get_bloginfo( 'version' );")
    assert health.facts["rest"] == f"{wordpress.url}/wp-json/"


def test_a_new_version_takes_the_place_of_the_old_one(
    site, plugin, download, account, agency, member, wordpress, read
):
    account.plugins.publish(SYNC.slug, version="2.2.0")
    ask_plugins(site, member(agency, Role.AGENT))
    newer = download()
    assert newer.name == "ts-immo-sync-2.2.0.zip"
    assert doing.install(wordpress, newer) == plugin
    version = "echo get_plugin_data( WP_PLUGIN_DIR . '/' . $given )['Version'];"
    assert wordpress.php(doing.UPGRADER + version, plugin) == "2.2.0"
    assert '<div class="ts-immo-sync">ts_immo_listings</div>' in read("/").data.decode()


def test_a_plugin_that_was_switched_off_is_noticed(site, plugin, agency, member, browser, wordpress):
    doing.deactivate(wordpress, plugin)
    health = looked_at(site, member(agency, Role.AGENT))
    assert (health.verdict, codes(health)) == (Condition.UP, ["shortcodes"])
    assert "[ts_immo_listings]" in browser(agency).get(url("detail", agency, site.pk)).content.decode()
    doing.activate(wordpress, plugin)
    assert looked_at(site, member(agency, Role.AGENT)).faults == []


def test_a_site_hidden_from_searches_is_noticed(site, agency, member, wordpress):
    wordpress.php("update_option( 'blog_public', '0' );")
    try:
        assert "noindex" in codes(looked_at(site, member(agency, Role.AGENT)))
    finally:
        wordpress.php("update_option( 'blog_public', '1' );")


def test_maintenance_is_down(site, agency, member, maintenance):
    health = looked_at(site, member(agency, Role.AGENT))
    assert (health.verdict, codes(health)) == (Condition.DOWN, ["maintenance"])
