"""A lead arrives while somebody looks, is assigned, forwarded to Ts-Immo, and its person erased."""

import re

from playwright.sync_api import expect

from accounts.models import Membership
from accounts.people import create_person
from accounts.roles import Role
from estates.catalogue.models import Estate
from estates.connections.models import System
from estates.leads.models import Lead
from estates.leads.sources import start_fetch
from tests.browser.agencies import connect, until, wait_for_jobs

LOOKS_EVERY = 16_000
"""Milliseconds after which the inbox has looked for arrivals."""


def test_a_lead_arrives_live_is_assigned_forwarded_and_erased(visit, founded, portal):
    office = founded(estates=6)
    lab = portal.box.marketing_lab.create_account(office.slug)
    source = connect(office, System.MARKETING_LAB, lab.key)
    colleague = create_person(f"ines@{office.slug}.example", "Inès Da Silva", language=visit.screen.language)
    Membership.objects.create(agency=office.agency, user=colleague, role=Role.AGENT)
    estate = Estate.objects.for_agency(office.agency).filter(gone_at=None).exclude(reference="").first()
    wait_for_jobs(office.agency)
    page = visit.page

    page.clock.install()
    visit.go("leads:index", office.slug)
    visit.looks()
    lab.add_contacts(1)
    start_fetch(source)
    until(lambda: Lead.objects.for_agency(office.agency).exclude(filed_at=None).exists())
    lead = Lead.objects.for_agency(office.agency).get()
    page.clock.fast_forward(LOOKS_EVERY)
    arrived = page.get_by_role(
        "link", name=visit.count("%(number)s new lead: show it", "%(number)s new leads: show them", 1)
    )
    expect(arrived).to_be_visible()
    visit.looks()
    arrived.click()
    row = page.locator(f"#lead-{lead.pk}")
    expect(row).to_be_visible()
    visit.looks()

    row.get_by_role("checkbox").check()
    visit.button("Contacted").click()
    expect(row).to_have_count(0)
    visit.looks()
    page.get_by_role("button", name=visit.say("Undo", "what was just done"), exact=True).click()
    expect(row).to_be_visible()
    expect(page.locator(".said")).to_be_focused()
    visit.looks()

    inbox = page.url
    row.get_by_role("link").first.click()
    visit.sees("Not sent to Ts-Immo.")
    visit.looks()
    visit.field("Note").fill("half a note")
    visit.field("In charge").select_option(str(colleague.pk))
    visit.button("Put in charge").click()
    expect(page.get_by_role("listitem").filter(has_text=f"→ {colleague.name}")).to_be_visible()
    expect(visit.button("Put in charge")).to_be_focused()
    visit.button("Contacted").click()
    expect(visit.button("Contacted")).to_have_attribute("aria-current", "true")
    expect(visit.button("Contacted")).to_be_focused()
    expect(visit.field("Note")).to_have_value("half a note")
    visit.field("Note").fill(" ")
    with visit.watch.answered(422):
        visit.button("Add the note").click()
        expect(visit.field("Note")).to_be_focused()
    visit.looks()
    page.go_back()
    expect(page).to_have_url(inbox)
    visit.sees("Nobody waits for an answer")
    visit.looks()
    page.go_forward()

    visit.link("Link an estate").click()
    expect(page.locator("#estate_query")).to_be_focused()
    page.locator("#estate_query").fill(estate.reference)
    expect(visit.button("Link this one")).to_have_count(1)
    visit.looks()
    visit.button("Link this one").click()
    expect(visit.link("Link another estate")).to_be_focused()
    visit.link("Send to Ts-Immo…").click()
    visit.looks()
    visit.button("Send to Ts-Immo").click()
    expect(page.locator("#forwarding [data-state=accepted]")).to_be_visible()
    visit.looks()
    assert [sent.estate_id for sent in office.account.leads.values()] == [estate.remote_id]

    visit.go("leads:detail", office.slug, lead.pk)
    visit.link("The person").click()
    visit.looks()
    visit.link("Erase").click()
    visit.looks()
    page.locator("button.btn-danger").click()
    expect(page).to_have_url(re.compile("/data-protection/"))
    # Drawn anew when the last place has been searched.
    expect(visit.button("Print")).to_be_visible()
    visit.looks()
    visit.go("leads:detail", office.slug, lead.pk)
    expect(page.get_by_role("heading", level=1)).to_have_text(visit.say("Erased person"))
    assert lead.name not in page.content()
    visit.looks()
