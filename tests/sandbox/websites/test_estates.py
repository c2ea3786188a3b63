"""An estate's markup, also of those that lack something or come with what nobody expects."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from lxml import html

from portal.sandbox.ts_immo.mirror import Mirror
from portal.sandbox.websites import estates

ADDRESS = "https://www.a.example"


@pytest.fixture(scope="module")
def shown(years_old) -> list:
    return list(Mirror(years_old.account("riviera").estates, "www.a.example", seed=1))


def one(shown, fits):
    return next(estate for estate in shown if fits(estate))


def aside_of(shown_estate):
    return html.fromstring(estates.article(shown_estate, [])).find_class("fiche")[0]


def test_every_estate_can_be_shown(shown):
    for estate in shown:
        page = html.fromstring(estates.article(estate, shown[:3]))
        assert estate.estate.reference in page.find_class("reference")[0].text_content()
        assert page.find_class("entry-title")[0].text_content() == estate.estate.mould.title
        assert "None" not in page.find_class("fiche")[0].text_content()


def test_without_a_price(shown):
    estate = one(shown, lambda e: e.price is None)
    assert aside_of(estate).find_class("prix")[0].text_content() == "Prix : nous consulter"
    assert "price" not in described(estate)["offers"]


def test_without_a_picture(shown):
    estate = one(shown, lambda e: e.estate.mould.images == 0)
    page = html.fromstring(estates.article(estate, []))
    assert page.xpath("//img") == []
    assert len(page.find_class("image")) == 1


def test_no_more_than_five_pictures(shown):
    estate = one(shown, lambda e: e.estate.mould.images == 12)
    sources = html.fromstring(estates.article(estate, [])).xpath("//img/@src")
    assert len(sources) == 5
    assert all(source.startswith(f"{estates.FOLDER}/{estate.estate.id}/") for source in sources)


def test_francs_and_rents(shown):
    swiss = one(shown, lambda e: e.estate.fact("country") == "CH" and e.price)
    assert "CHF" in aside_of(swiss).find_class("prix")[0].text_content()
    assert described(swiss)["offers"]["priceCurrency"] == "CHF"
    let = one(shown, lambda e: e.estate.fact("offer_type") == "rental")
    assert "/ mois" in aside_of(let).find_class("prix")[0].text_content()


def test_land_has_a_surface_and_no_rooms(shown):
    land = one(shown, lambda e: e.estate.fact("type") == "land")
    facts = aside_of(land).xpath(".//dt/text()")
    assert "Terrain" in facts
    assert "Pièces" not in facts


def test_what_is_shown_is_the_websites_price_and_status(shown):
    estate = replace(one(shown, lambda e: e.price), price=Decimal(123_450), status="sold")
    text = aside_of(estate).text_content()
    assert "123\u00a0450" in text
    assert "Vendu" in text
    assert described(estate)["offers"]["price"] == "123450"
    assert described(estate)["offers"]["availability"] == "https://schema.org/SoldOut"


def test_line_breaks_of_ts_immo_are_line_breaks_here(shown):
    estate = one(shown, lambda e: "<br>" in estates.details(e)["description"])
    markup = estates.article(estate, [])
    assert "&lt;br&gt;" not in markup
    assert "<br>" not in markup


def test_data_for_machines_cannot_end_its_script(shown):
    estate = shown[0]
    reference = estate.estate.reference
    estate.estate.reference = "</script><b>"
    try:
        assert "</script><b>" not in estates.structured(estate, ADDRESS)
    finally:
        estate.estate.reference = reference


def described(estate):
    [text] = html.fromstring(f"<head>{estates.structured(estate, ADDRESS)}</head>").xpath("//script/text()")
    return json.loads(text)


def test_cards_lead_to_the_page_and_say_the_same(shown):
    cards = html.fromstring(estates.cards(shown[:24])).find_class("carte")
    assert [card.find("a").get("href") for card in cards] == [estates.path(estate) for estate in shown[:24]]
    for card, estate in zip(cards, shown, strict=False):
        price = aside_of(estate).find_class("prix")[0].text_content()
        assert card.find_class("prix")[0].text_content() == price
