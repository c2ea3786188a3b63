"""What the forecast says of an estate, reason by reason."""

from decimal import Decimal
from pathlib import Path

import pytest

from estates.syndication.forecast import judge as module
from estates.syndication.forecast.judge import judge
from estates.syndication.forecast.reasons import Code
from estates.syndication.mapping.outgoing import outgoing_of
from estates.syndication.models import PictureLook, Verdict
from tests.syndication.judging.conftest import PAYLOAD, unsaved

NOWHERE = {"latitude": None, "longitude": None}


def forecast(payload=PAYLOAD, looks=None, **values):
    estate = unsaved(**values)
    return judge(outgoing_of(estate, payload), estate, looks or {})


def reasons(payload=PAYLOAD, looks=None, **values):
    found = forecast(payload, looks, **values)
    return found.verdict, [tuple(reason) for reason in found.as_json()]


def test_a_good_estate_is_ready():
    assert reasons() == (Verdict.READY, [])


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"remote_id": " "}, ("number_missing", "external_id", "")),
        ({"offer_type": "échange"}, ("offer_unknown", "listing_type", "échange")),
        ({"price": None}, ("price_missing", "price", "")),
        ({"price": Decimal(0)}, ("price_zero", "price", "0")),
        ({"currency": "ECU"}, ("currency_unknown", "currency", "ECU")),
        ({**NOWHERE, "address": ""}, ("address_half", "address", "street")),
        ({**NOWHERE, "city": "", "country": ""}, ("address_half", "address", "city, country_code")),
        (
            {**NOWHERE, "address": "", "city": "", "country": "", "postal_code": ""},
            ("place_missing", "address", ""),
        ),
    ],
)
def test_what_the_guide_forbids_is_refused(values, reason):
    assert reasons(**values) == (Verdict.REFUSED, [reason])


def test_one_listing_may_not_be_larger_than_a_request(monkeypatch):
    size = len(outgoing_of(unsaved(), PAYLOAD).body)
    monkeypatch.setattr(module, "BODY_MOST", size)
    assert reasons() == (Verdict.READY, [])
    monkeypatch.setattr(module, "BODY_MOST", size - 1)
    assert reasons() == (Verdict.REFUSED, [("too_large", "", str(size))])


def test_the_limit_leaves_room_for_what_is_around_a_listing():
    assert module.BODY_MOST + len(b'{"listings":[]}') <= 24_000_000


def long_text(length):
    return {**PAYLOAD, "description": "mot " * (length // 4)}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"type": "péniche", "sub_type": ""}, ("type_unknown", "real_estate_type", "péniche")),
        (
            {"offer_type": "seasonal_rental", "price": Decimal(900)},
            ("offer_seasonal", "listing_type", "seasonal_rental"),
        ),
        ({"offer_type": "auction"}, ("offer_auction", "listing_type", "auction")),
        ({"offer_type": "viager"}, ("offer_life_annuity", "listing_type", "viager")),
        ({"currency": ""}, ("currency_assumed", "currency", "EUR")),
        ({"address": ""}, ("address_left_out", "address", "street")),
        ({"latitude": 0.0, "longitude": 0.0}, ("coordinates_zero", "coordinates", "0, 0")),
        ({"latitude": 95.0}, ("coordinates_range", "coordinates", "95, 4.83")),
        (
            {"latitude": 4.83, "longitude": 45.754},
            ("coordinates_elsewhere", "coordinates", "4.83, 45.754: FR"),
        ),
        ({"price": Decimal(320)}, ("price_low", "price", "320 EUR")),
        ({"price": Decimal(10**9)}, ("price_high", "price", "1000000000 EUR")),
        ({"offer_type": "rental", "price": Decimal(5)}, ("price_low", "price", "5 EUR")),
        ({"offer_type": "rental"}, ("price_high", "price", "320000 EUR")),
        ({"surface": Decimal(0)}, ("surface_zero", "floorage", "")),
        ({"surface": None}, ("surface_missing", "floorage", "")),
        ({"title": ""}, ("name_missing", "name", "")),
        ({"title": "SUPERBE VILLA AVEC PISCINE !"}, ("name_capitals", "name", "")),
        ({"title": "un mot " * 20}, ("name_long", "name", "139")),
        ({"images": []}, ("pictures_none", "images", "")),
        (
            {"images": ["https://a.example/1.jpg", "file:///1.jpg"]},
            ("pictures_unusable", "images", "1/2"),
        ),
    ],
)
def test_what_a_person_would_rather_mend_may_be_better(values, reason):
    if values.get("offer_type") == "rental":
        values = {"price": Decimal(320_000), **values}
    assert reasons(**values) == (Verdict.BETTER, [reason])


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({**PAYLOAD, "description": ""}, ("description_missing", "description", "")),
        (
            {**PAYLOAD, "description": "T3. 64 m², 2e étage !!!!!!!!!!!!!!!!!!!!!!!"},
            ("description_short", "description", "8"),
        ),
        (long_text(12_000), ("description_long", "description", "11999")),
        ({**PAYLOAD, "contact": None}, ("contact_missing", "contact", "")),
        ({**PAYLOAD, "contact": {"name": "Zoé"}}, ("contact_missing", "contact", "")),
    ],
)
def test_texts_and_contacts_may_be_better(payload, reason):
    assert reasons(payload) == (Verdict.BETTER, [reason])


@pytest.mark.parametrize(
    "values",
    [
        {"title": "T3 LYON"},
        {"title": "VILLA à Lyon avec piscine"},
        {"type": "parking", "surface": None},
        {"country": "MC", "latitude": 43.73, "longitude": 7.42},
        {"latitude": -20.9, "longitude": 55.5},
        {"country": "US", "latitude": 1.0},
        {"currency": "JPY", "price": Decimal(900_000_000)},
        {"offer_type": "rental", "price": Decimal("949.50")},
        {"price": Decimal(1_000)},
        {"price": Decimal(100_000_000)},
    ],
)
def test_what_only_looks_odd_is_ready(values):
    assert reasons(**values) == (Verdict.READY, [])


def look(answers):
    return PictureLook(answers=answers)


def test_pictures_that_do_not_answer_are_counted():
    images = [f"https://a.example/{number}.jpg" for number in range(4)]
    looks = {
        images[0]: look(False),
        images[1]: look(True),
        images[2]: look(None),
        "https://b.example/": look(False),
    }
    assert reasons(looks=looks, images=images) == (Verdict.BETTER, [("pictures_silent", "images", "1/4")])
    assert reasons(looks={}, images=images) == (Verdict.READY, [])


def test_the_reasons_that_refuse_stand_first():
    verdict, found = reasons(title="", images=[], price=None, type="?", sub_type="")
    assert verdict == Verdict.REFUSED
    assert [code for code, _, _ in found] == [
        "price_missing",
        "type_unknown",
        "name_missing",
        "pictures_none",
    ]


def test_a_refusing_remark_stands_before_the_others():
    codes = [code for code, _, _ in reasons(type="?", sub_type="", offer_type="?")[1]]
    assert codes == ["offer_unknown", "type_unknown"]


def test_a_forecast_of_many_reasons_is_refused_by_one():
    assert forecast(title="", price=None).reasons[0].refuses
    assert not any(reason.refuses for reason in forecast(title="", images=[]).reasons)


def test_a_country_that_is_none_takes_the_address_with_it():
    codes = [code for code, _, _ in reasons(country="Syldavie")[1]]
    assert codes == ["country_unknown", "address_left_out"]
    verdict, found = reasons(country="Syldavie", **NOWHERE)
    assert (verdict, found[0]) == (Verdict.REFUSED, ("address_half", "address", "country_code"))


def test_a_detail_can_be_stored():
    found = forecast(type="x\0\ud800" + "y" * 300, sub_type="").reasons
    assert found[0].detail == "x?" + "y" * 197


def test_every_code_has_a_test_here():
    source = Path(__file__).read_text("utf-8")
    assert [code for code in Code if f'"{code}"' not in source] == []
