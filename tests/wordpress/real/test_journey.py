"""A site's way with the portal, on a real WordPress: activated at Ts-Immo, looked at, its plugin on and off."""

import pytest

from accounts.roles import Role
from estates.jobs.models import Status
from estates.wordpress import switching
from estates.wordpress.health.asking import ask_look
from estates.wordpress.models import Condition, SiteHealth, State
from portal.sandbox.ts_immo.plugins import PLUGINS
from tests.wordpress.conftest import fresh, worked
from tests.wordpress.real import doing

pytestmark = pytest.mark.real_wordpress

SYNC = next(plugin for plugin in PLUGINS if plugin.slug == "ts-immo-sync")
AS_HOME = (
    "update_option( 'show_on_front', 'page' ); update_option( 'page_on_front', url_to_postid( $given ) );"
)


@pytest.fixture
def reachable(wordpress, settings):
    settings.SITE_ADDRESSES, settings.SITE_CA_FILE = wordpress.front.addresses, wordpress.front.ca_file


@pytest.fixture
def site(agency, member, add, account, wordpress, reachable):
    """The real WordPress as the agency's site, active at the simulated Ts-Immo."""
    added = add(agency, domain=wordpress.domain, key=account.plugin_auth_key)
    worked(switching.activate(added, member(agency)))
    assert fresh(added).state == State.ACTIVE
    return fresh(added)


@pytest.fixture
def plugin(wordpress, tmp_path):
    """The shortcode on the home page, and the plugin that renders it."""
    archive = tmp_path / "ts-immo-sync.zip"
    archive.write_bytes(SYNC.archive)
    name = doing.install(wordpress, archive)
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


def test_a_look_at_a_site_in_good_order(site, plugin, agency, member, wordpress):
    health = looked_at(site, member(agency, Role.AGENT))
    assert (health.verdict, health.faults) == (Condition.UP, [])
    assert health.facts["wordpress"] == wordpress.php("echo get_bloginfo( 'version' );")
    assert health.facts["rest"] == f"{wordpress.url}/wp-json/"


def test_a_plugin_that_was_switched_off_is_noticed(site, plugin, agency, member, wordpress):
    doing.deactivate(wordpress, plugin)
    health = looked_at(site, member(agency, Role.AGENT))
    assert [fault["code"] for fault in health.faults] == ["shortcodes"]
    doing.activate(wordpress, plugin)
    assert looked_at(site, member(agency, Role.AGENT)).faults == []


def test_a_site_hidden_from_searches_is_noticed(site, plugin, agency, member, wordpress):
    wordpress.php("update_option( 'blog_public', '0' );")
    try:
        health = looked_at(site, member(agency, Role.AGENT))
        assert "noindex" in [fault["code"] for fault in health.faults]
    finally:
        wordpress.php("update_option( 'blog_public', '1' );")


def test_maintenance_is_down(site, plugin, agency, member, wordpress):
    marker = wordpress.tree / ".maintenance"
    marker.write_text("<?php $upgrading = time();")
    try:
        health = looked_at(site, member(agency, Role.AGENT))
        assert health.verdict == Condition.DOWN
        assert [fault["code"] for fault in health.faults] == ["maintenance"]
    finally:
        marker.unlink()
