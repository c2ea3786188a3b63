"""POST /listings: what is taken, what is rejected and why, and where the limits are."""

import json

import pytest

from portal.sandbox.seeki.calls import JSON_BYTES
from portal.sandbox.seeki.judging import judge
from portal.sandbox.seeki.nations import COUNTRIES, CURRENCIES

from .conftest import listing, said

REQUIRED = ("external_id", "listing_type", "real_estate_type", "price")
OPTIONAL = (
    "currency",
    "coordinates",
    "name",
    "description",
    "floorage",
    "floor",
    "rooms",
    "images",
    "contact",
)


def without(*names):
    return {name: value for name, value in listing().items() if name not in names}


def test_a_batch_of_the_guide(martin, account):
    answer = martin.listings(listing(1), listing(2, price=-1))
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"accepted", "rejected"}
    [accepted], [rejected] = body["accepted"], body["rejected"]
    assert accepted["external_id"] == "crm-1"
    assert len(accepted["import_item_id"]) == 36
    assert rejected == {
        "external_id": "crm-2",
        "error_code": "VALIDATION_FAILED",
        "message": "price: Number must be greater than or equal to 0",
    }
    assert set(account.listings) == {"crm-1"}


def test_a_whole_listing_a_bare_one_and_unknown_fields_are_fine():
    assert judge(listing()) is None
    assert judge(without(*OPTIONAL)) is None
    assert judge(without("address")) is None
    assert judge(listing(locale="fr", metrics={"floorage": 3}, energy_class="A")) is None
    assert judge(listing() | dict.fromkeys(OPTIONAL)) is None


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("how", ["missing", "null"])
def test_required_fields(name, how):
    found = judge(without(name) if how == "missing" else listing(**{name: None}))
    assert (found.code, found.path, found.words) == ("VALIDATION_FAILED", name, "Required")


WRONG = [
    ("external_id", "", 7, " ", "x" * 256, ["a"]),
    ("listing_type", "SALE", "sell", 1, True),
    ("real_estate_type", "FLAT", "", "apartment"),
    ("price", "320000", -1, True, {"amount": 1}, [1], float("inf")),
    ("currency", "€", "eur", "EURO", "XXX", 978),
    ("name", 7, ["a"], {}),
    ("description", 7, False),
    ("floorage", "65", -1, True),
    ("floor", "5", 1.5, True),
    ("rooms", "2", -1),
    ("images", "https://a.example/1.jpg", {"url": "https://a.example"}),
    ("contact", "Agent", ["a"]),
    ("address", "Street 1, Prague", []),
    ("coordinates", [50, 14], "50,14"),
]


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, *values in WRONG for value in values])
def test_wrong_values_name_their_field(name, value):
    found = judge(listing(**{name: value}))
    assert (found.code, found.path) == ("VALIDATION_FAILED", name)
    assert found.message.startswith(f"{name}: ")


INSIDE = [
    ("address", {"street": ""}, "address.street"),
    ("address", {"street": 7}, "address.street"),
    ("address", {"city": None}, "address.city"),
    ("address", {"country_code": "CZE"}, "address.country_code"),
    ("address", {"country_code": "cz"}, "address.country_code"),
    ("address", {"country_code": "XX"}, "address.country_code"),
    ("coordinates", {"lat": "50"}, "coordinates.lat"),
    ("coordinates", {"lng": None}, "coordinates.lng"),
    ("contact", {"email": 7}, "contact.email"),
]


@pytest.mark.parametrize(("name", "changes", "path"), INSIDE)
def test_wrong_values_inside(name, changes, path):
    found = judge(listing(**{name: listing()[name] | changes}))
    assert (found.code, found.path) == ("VALIDATION_FAILED", path)


@pytest.mark.parametrize(
    "image",
    [
        "ftp://a.example/1.jpg",
        "/1.jpg",
        "a.example/1.jpg",
        "",
        7,
        None,
        "https://",
        "https://a b/1",
        "http://[::/",
    ],
)
def test_images_are_addresses_on_the_web(image):
    found = judge(listing(images=["https://img.example/1.jpg", image]))
    assert (found.code, found.path, found.words) == ("VALIDATION_FAILED", "images.1", "Invalid url")


def test_somewhere_it_must_be():
    found = judge(without("address", "coordinates"))
    assert found.message == "address: Either address or coordinates are required"


@pytest.mark.parametrize(
    ("coordinates", "inside"),
    [((90, 180), True), ((-90, -180), True), ((90.1, 0), False), ((0, -180.5), False), ((0, 1e300), False)],
)
def test_ranges_of_coordinates(coordinates, inside):
    found = judge(listing(coordinates=dict(zip(("lat", "lng"), coordinates, strict=True))))
    assert (found is None) is inside
    assert inside or found.code == "GEOCODE_COORDINATES_INVALID"


@pytest.mark.parametrize(
    "changes", [{"street": "Nowhere Lane 3"}, {"city": "Nowheretown"}, {"city": "NOWHERE"}]
)
def test_an_address_that_nobody_finds(changes):
    lost = listing(address=listing()["address"] | changes)
    assert judge(lost) is None, "its coordinates are enough"
    found = judge({name: value for name, value in lost.items() if name != "coordinates"})
    assert found.code == "GEOCODE_ADDRESS_NOT_FOUND"


@pytest.mark.parametrize("item", [None, 7, "crm-1", [], True])
def test_what_is_no_object_is_rejected_without_an_id(martin, item):
    [rejected] = martin.listings(item).json()["rejected"]
    assert (rejected["external_id"], rejected["message"]) == (None, "Expected object")


def test_an_id_that_is_no_text_is_not_repeated(martin):
    [rejected] = martin.listings(listing(external_id=7)).json()["rejected"]
    assert rejected["external_id"] is None


def test_countries_and_currencies():
    assert {"FR", "PT", "MC", "GP"} <= COUNTRIES
    assert {"EUR", "CHF", "CZK", "MAD"} <= CURRENCIES
    assert (len(COUNTRIES), {len(code) for code in COUNTRIES}) == (249, {2})
    assert {len(code) for code in CURRENCIES} == {3}


BODIES = [b"", b"{", b"[]", b"{}", b'{"listings": {}}', b'{"listings": null}', b"\xff", b"[" * 100_000]
BODIES += [b'{"listings": [{"price": NaN}]}']


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_what_is_no_batch(martin, body):
    answer = martin.post("/listings", data=body, headers={"Content-Type": "application/json"})
    assert said(answer) == (400, "VALIDATION_FAILED")


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", ""])
def test_other_content_types(martin, content_type):
    answer = martin.post("/listings", data=b'{"listings": []}', headers={"Content-Type": content_type})
    assert said(answer) == (415, "VALIDATION_FAILED")


def test_an_empty_batch_is_well_formed(martin):
    assert martin.listings().json() == {"accepted": [], "rejected": []}


def test_five_thousand_and_not_one_more(martin, account):
    assert len(martin.listings(*map(listing, range(5_000))).json()["accepted"]) == 5_000
    assert len(account.listings) == 5_000
    answer = martin.listings(*map(listing, range(5_001)))
    assert said(answer) == (413, "TOO_MANY_ITEMS")
    assert {each.imports for each in account.listings.values()} == {1}


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 413)])
def test_twenty_five_megabytes_and_not_one_byte_more(martin, account, more, status):
    body = json.dumps({"listings": [listing(description="")]}).encode()
    text = b"x" * (JSON_BYTES - len(body) + more)
    body = body.replace(b'"description": ""', b'"description": "' + text + b'"')
    assert len(body) == JSON_BYTES + more
    answer = martin.post("/listings", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert status == 200 or answer.json()["error_code"] == "PAYLOAD_TOO_LARGE"
    assert "Suggested-Chunk-Size" not in answer.headers
    assert martin.listings(listing(2)).status_code == 200, "the connection is still in use"
    assert set(account.listings) == ({"crm-1", "crm-2"} if status == 200 else {"crm-2"})
