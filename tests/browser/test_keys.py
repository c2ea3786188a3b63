"""A key is stored and checked, and the first sync is watched."""

import re

from playwright.sync_api import expect

from estates.catalogue.models import Estate
from estates.connections.models import Connection, System
from tests.browser.agencies import connect

ESTATES = 240
SLOWLY = 0.5
"""Seconds before each answer of a remote, so that there is something to watch."""


def test_a_key_is_refused_stored_and_checked(visit, founded):
    office = founded(estates=3, connected=False)
    visit.go("dashboard", office.slug)
    visit.looks()
    visit.link("Store a key").click()
    visit.field("System").select_option("ts_immo")
    visit.field("Key").fill("tsi_live_wrong_0000000000")
    visit.looks()
    visit.button("Check and store").click()
    visit.sees("The key is not stored")
    visit.looks()
    assert not Connection.objects.for_agency(office.agency).exists()

    visit.field("Key").fill(office.account.key)
    visit.button("Check and store").click()
    card = visit.page.get_by_role("article")
    expect(card).to_contain_text(visit.say("Working"))
    expect(card).to_contain_text(f"…{office.account.key[-4:]}")
    visit.looks()
    visit.button("Check now").click()
    expect(visit.button("Check now")).to_be_hidden()
    # The card waits for the check's end, and then offers the next one.
    expect(visit.button("Check now")).to_be_visible()
    expect(card).to_contain_text(visit.say("The remote system answered."))
    assert office.account.key not in visit.page.content()
    visit.looks()


def test_the_first_sync_is_watched(visit, founded, portal, monkeypatch):
    office = founded(estates=ESTATES, connected=False)
    monkeypatch.setattr(portal.box, "latency", SLOWLY)
    connect(office, System.TS_IMMO, office.account.key)
    visit.go("dashboard", office.slug)
    visit.sees("Happening now")
    progress = visit.page.locator("progress[value]").first
    expect(progress).to_have_attribute("value", re.compile("[1-9]"))
    visit.looks()

    # The page that waits for a job draws itself anew at its end.
    expect(visit.text("Happening now")).to_be_hidden()
    here = Estate.objects.for_agency(office.agency).filter(gone_at=None).count()
    assert here >= ESTATES * 0.9
    expect(
        visit.page.get_by_role(
            "link", name=visit.count("%(number)s estate", "%(number)s estates", here), exact=True
        )
    ).to_be_visible()
    visit.looks()
    visit.link("All syncs").click()
    visit.looks()
