"""Estates are found by filters and on the map."""

import re

from playwright.sync_api import expect

from estates.catalogue.models import Estate


def test_an_estate_is_found_by_filters_and_on_the_map(visit, founded):
    office = founded(estates=24)
    estates = Estate.objects.for_agency(office.agency).filter(gone_at=None)
    wanted = estates.exclude(latitude=None).exclude(reference="").exclude(type="").order_by("pk")[0]
    page = visit.page

    visit.go("catalogue:search", office.slug)
    shows(visit, estates.count())
    visit.looks()

    visit.field("Words").fill(wanted.reference)
    shows(visit, 1)
    visit.field("Words").press("Enter")
    expect(page.locator("#results strong.number").first).to_be_in_viewport()
    visit.field("Words").fill("")
    shows(visit, estates.count())

    unfold_filters(visit)
    visit.field("Type").select_option(wanted.type)
    shows(visit, estates.filter(type=wanted.type).count())
    expect(page).to_have_url(re.compile(f"type={wanted.type}"))
    visit.field("Words").fill(wanted.reference)
    shows(visit, 1)
    expect(page).to_have_url(re.compile(f"query={re.escape(wanted.reference)}"))
    visit.looks()

    page.get_by_title(visit.say("Remove the filter “%(label)s”", label=visit.say("Type"))).click()
    shows(visit, 1)
    visit.link("Map").click()
    mark = page.locator(".price-mark")
    expect(mark).to_have_count(1)
    visit.looks()
    mark.click()
    popup = page.locator(".place-popup")
    expect(popup.get_by_role("link", name=wanted.title or str(wanted))).to_be_visible()
    visit.looks()
    popup.get_by_role("link", name=wanted.title or str(wanted)).click()
    expect(page).to_have_url(re.compile(f"/estates/{wanted.pk}/"))
    visit.sees("All that Ts-Immo said")
    visit.looks()


def shows(visit, number: int) -> None:
    expected = visit.count("%(number)s estate", "%(number)s estates", number)
    expect(visit.page.locator("#results strong.number").first).to_have_text(expected)


def unfold_filters(visit) -> None:
    """On a narrow screen they are folded."""
    if not visit.field("Type").is_visible():
        visit.page.locator("#filters summary").click()
