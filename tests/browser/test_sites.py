"""A site is refused, activated, and its plugin is downloaded."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.agencies import wait_for_jobs

WRONG_KEY = "plg_wrong_0000000000"


def test_a_site_is_refused_then_activated_and_its_plugin_downloaded(visit, founded):
    office = founded(estates=3)
    page = visit.page
    visit.go("wordpress:index", office.slug)
    visit.looks()
    visit.link("Add a site").click()
    visit.field("Domain").fill(office.domain)
    visit.field("Plugin key").fill(WRONG_KEY)
    visit.looks()
    visit.button("Add").click()
    visit.looks()

    visit.button("Activate").click()
    visit.sees("Ts-Immo refused to activate this site.")
    expect(page.locator("[data-state=refused]").first).to_be_visible()
    visit.looks()
    assert office.domain not in office.account.sites

    visit.link("Key and theme").click()
    visit.field("New plugin key").fill(office.account.plugin_auth_key)
    visit.looks()
    visit.button("Save").click()
    visit.button("Activate").click()
    visit.sees("Activated, says Ts-Immo")
    expect(page.locator("[data-state=active]").first).to_be_visible()
    assert office.account.sites[office.domain].active
    wait_for_jobs(office.agency)
    page.reload()
    visit.looks()

    visit.link("Shortcodes and files").click()
    expect(page.get_by_role("link", name=visit.say("Download"))).to_have_count(2)
    visit.looks()
    plugin = office.account.plugins.named("ts-immo-sync")
    card = page.get_by_role("article").filter(has=page.get_by_text(plugin.slug))
    with page.expect_download() as coming:
        card.get_by_role("link", name=visit.say("Download")).click()
    assert coming.value.suggested_filename.startswith(plugin.slug)
    assert Path(coming.value.path()).read_bytes() == plugin.archive
