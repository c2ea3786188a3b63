"""Estates out of whatever JSON comes."""

from dataclasses import FrozenInstanceError, fields
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import blake2b

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estates.remotes.ts_immo_columns import COLUMNS, LENGTHS
from estates.remotes.ts_immo_estates import Estate, UnreadableEstate, parse_estate

# The example of ts-immo.txt, GET /v1/estates.
DOCUMENTED = {
    "id": "550e8400-e29b-41d4-a716-446655440000",
    "reference": "REF-001",
    "type": "apartment",
    "sub_type": "penthouse",
    "offer_type": "sale",
    "status": "available",
    "bedrooms": 3,
    "bathrooms": 2,
    "location": {
        "city": "Paris",
        "postal_code": "75008",
        "country": "FR",
        "geo": {"latitude": 48.8566, "longitude": 2.3522},
    },
    "financial": {"transaction": {"price": {"amount": 450000, "currency": "EUR"}}},
    "images": [
        "https://x.example/1.jpg",
        {"url": "http://x.example/2.jpg"},
        {"alt": "no url"},
        "ftp://x/3",
        None,
    ],
    "amenities": ["parking", "terrace", {"name": "elevator"}, 7.5, None],
    "created_at": "2025-01-15T10:30:00Z",
}


def parsed(**columns):
    estate = parse_estate({"id": "e-1"} | columns)
    assert isinstance(estate, Estate)
    return estate


def test_the_documented_example():
    estate = parse_estate(DOCUMENTED)
    assert estate.remote_id == DOCUMENTED["id"]
    for name in ("reference", "type", "sub_type", "offer_type", "status", "bedrooms", "bathrooms"):
        assert getattr(estate, name) == DOCUMENTED[name]
    assert (estate.city, estate.postal_code, estate.country) == ("Paris", "75008", "FR")
    assert (estate.latitude, estate.longitude) == (48.8566, 2.3522)
    assert (estate.price, estate.currency) == (Decimal(450000), "EUR")
    assert estate.images == ("https://x.example/1.jpg", "http://x.example/2.jpg")
    assert estate.amenities == ("parking", "terrace", "elevator")
    assert estate.created_at == datetime(2025, 1, 15, 10, 30, tzinfo=UTC)
    assert orjson.loads(estate.raw) == DOCUMENTED
    assert estate.digest == blake2b(estate.raw, digest_size=16).digest()


def test_the_digest_ignores_the_order_of_fields():
    backwards = dict(reversed(DOCUMENTED.items()))
    assert parse_estate(backwards).digest == parse_estate(DOCUMENTED).digest
    assert parse_estate(DOCUMENTED | {"unknown": 1}).digest != parse_estate(DOCUMENTED).digest


def test_columns_stand_in_the_order_of_the_fields():
    assert [column.name for column in COLUMNS] == [field.name for field in fields(Estate)][3:]
    assert {field.name: field.default for field in fields(Estate)[3:]} == {c.name: c.default for c in COLUMNS}


def test_an_estate_is_frozen():
    with pytest.raises(FrozenInstanceError):
        parse_estate(DOCUMENTED).title = "x"


@pytest.mark.parametrize(
    ("columns", "name", "value"),
    [
        ({"surface": 84.5}, "surface", Decimal("84.5")),
        ({"surface": {"living": "84,5 m²"}}, "surface", Decimal("84.5")),
        ({"surfaces": {"living": 70, "land": 300}}, "surface", Decimal(70)),
        ({"surfaces": {"living": 70, "land": 300}}, "land_surface", Decimal(300)),
        ({"area": 50}, "surface", Decimal(50)),
        ({"living_area": "1 250"}, "surface", Decimal(1250)),
        ({"surface": "unknown", "area": 50}, "surface", Decimal(50)),
        ({"price": "450 000 €"}, "price", Decimal(450000)),
        ({"title": {"fr": "Maison", "en": "House"}}, "title", "Maison"),
        ({"title": {"en": "House"}}, "title", "House"),
        ({"location": {"city": {"name": "Nîmes"}}}, "city", "Nîmes"),
        ({"location": "Nîmes", "city": "Nîmes"}, "city", "Nîmes"),
        ({"location": {"address": "1 rue X"}}, "address", "1 rue X"),
        ({"reference": 1234}, "reference", "1234"),
        ({"reference": "a\0b"}, "reference", "ab"),
        ({"reference": "x" * 500}, "reference", "x" * 64),
        ({"rooms": "3"}, "rooms", 3),
        ({"rooms": 3.5}, "rooms", 3),
        ({"rooms": 99999}, "rooms", None),
        ({"bedrooms": -1}, "bedrooms", None),
        ({"bedrooms": True}, "bedrooms", None),
        ({"featured": "true"}, "featured", True),
        ({"featured": 1}, "featured", True),
        ({"featured": "perhaps"}, "featured", False),
        ({"is_project": True}, "is_project", True),
        ({"public_url": "javascript:alert(1)"}, "public_url", ""),
        ({"url": "https://x.example/é"}, "public_url", "https://x.example/é"),
        ({"photos": [{"src": "https://x.example/1.jpg"}]}, "images", ("https://x.example/1.jpg",)),
        (
            {"images": ["https://x.example/ space", 'https://x"', "//x/1", "https://" + "x" * 3000]},
            "images",
            (),
        ),
        ({"amenities": {"pool": True, "lift": False}}, "amenities", ("pool",)),
        ({"amenities": "pool, lift,"}, "amenities", ("pool", "lift")),
        ({"updated_at": 1736937000}, "updated_at", datetime(2025, 1, 15, 10, 30, tzinfo=UTC)),
        ({"currency": ["EUR"]}, "currency", ""),
    ],
)
def test_where_columns_are_found(columns, name, value):
    assert getattr(parsed(**columns), name) == value


@pytest.mark.parametrize(
    "geo",
    [
        {"latitude": 48.8},
        {"latitude": 91, "longitude": 2},
        {"latitude": 0, "longitude": 0.0},
        {"latitude": "north", "longitude": 2},
        {"latitude": 1e308, "longitude": 2},
        [48.8, 2.3],
        None,
    ],
)
def test_half_a_position_is_none(geo):
    estate = parsed(location={"geo": geo})
    assert (estate.latitude, estate.longitude) == (None, None)


def test_positions_in_other_forms():
    assert parsed(latitude="48,85", longitude="2.35").latitude == 48.85
    assert parsed(location={"geo": {"lat": 0, "lng": 2}}).longitude == 2.0


def test_every_string_fits_its_column():
    everything = {c.paths[0][0]: "x" * 30_000 for c in COLUMNS if len(c.paths[0]) == 1}
    places = ("city", "postal_code", "country", "region", "address")
    everything["location"] = dict.fromkeys(places, "x" * 30_000)
    estate = parsed(**everything)
    assert {name: len(getattr(estate, name)) for name in LENGTHS if name != "currency"} == {
        name: length for name, length in LENGTHS.items() if name != "currency"
    }


@pytest.mark.parametrize("bad", [None, 7, "", " ", "x" * 65, "a\0", ["a"], {}, True])
def test_without_a_usable_id_it_is_unreadable(bad):
    assert parse_estate({"id": bad, "a": 1}, 5) == UnreadableEstate(
        orjson.dumps({"a": 1, "id": bad}), "no usable id", 5
    )


@pytest.mark.parametrize("bad", [None, 7, "text", [], [{"id": "e-1"}], False])
def test_what_is_no_object_is_unreadable(bad):
    assert parse_estate(bad) == UnreadableEstate(orjson.dumps(bad), "not an object", 0)


@pytest.mark.parametrize("odd", [orjson.loads("[" * 400 + "]" * 400), "\ud800", 2**70])
def test_what_cannot_be_kept_is_unreadable(odd):
    estate = parse_estate({"id": "e-1", "more": odd}, 2)
    assert estate == UnreadableEstate(b"", "nested too deeply to be kept", 2)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
telling = st.sampled_from(
    [
        "1e5",
        "-0",
        "NaN",
        "1,,5",
        "1.,",
        "0001-01-01T00:00:00+23:59",
        "99999999999999999999",
        "31/02/2025",
        "http://",
    ]
)
names = sorted({name for column in COLUMNS for path in column.paths for name in path} | {"id", "url", "name"})
near_estates = st.recursive(
    json_values | telling,
    lambda inner: st.dictionaries(st.sampled_from(names), inner, max_size=12) | st.lists(inner, max_size=3),
    max_leaves=30,
)


@given(json_values | near_estates)
@settings(max_examples=200, deadline=None)
def test_any_json_is_an_estate_or_unreadable(value):
    assert_sound(parse_estate(value))


@given(st.dictionaries(st.sampled_from(names), near_estates))
@settings(max_examples=200, deadline=None)
def test_any_object_with_an_id_is_an_estate_of_sound_columns(value):
    assert_sound(parse_estate(value | {"id": "e-1"}))


def assert_sound(estate):
    if isinstance(estate, UnreadableEstate):
        assert estate.reason
        return
    for name, length in LENGTHS.items():
        text = getattr(estate, name)
        assert type(text) is str
        assert len(text) <= length
        assert "\0" not in text
    for amount in (estate.price, estate.surface, estate.land_surface):
        assert amount is None or (0 <= amount < 10**12 and amount == round(amount, 2))
    for count in (estate.rooms, estate.bedrooms, estate.bathrooms):
        assert count is None or 0 <= count <= 10_000
    for moment in (estate.created_at, estate.updated_at):
        assert moment is None or moment.utcoffset().total_seconds() == 0
    assert (estate.latitude is None) == (estate.longitude is None)
    assert estate.latitude is None or (abs(estate.latitude) <= 90 and abs(estate.longitude) <= 180)
    assert {type(estate.featured), type(estate.is_project)} == {bool}
    assert all(url.startswith(("http://", "https://")) or url[:4].lower() == "http" for url in estate.images)
    assert len(estate.digest) == 16
    assert orjson.loads(estate.raw)["id"].strip() == estate.remote_id
