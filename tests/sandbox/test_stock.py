"""The estates themselves: realistic, repeatable, odd where real ones are; and how they change."""

import json
from collections import Counter
from decimal import Decimal

import pytest

from portal.sandbox import sandbox
from portal.sandbox.messages import Refusal
from portal.sandbox.ts_immo.identifiers import identifier, require_uuid
from portal.sandbox.ts_immo.places import LYON, RIVIERA
from portal.sandbox.ts_immo.stock import MOULDS, Stock

BASE = b"http://sandbox"


@pytest.fixture(scope="module")
def documents():
    stocks = [Stock("martin", "Agence Martin", LYON, "http://sandbox", 1, MOULDS)]
    stocks.append(Stock("riviera", "Riviera Patrimoine", RIVIERA, "http://sandbox", 1, MOULDS))
    return [json.loads(estate.json(BASE)) for stock in stocks for estate in stock.all()]


def new_stock(size=30, seed=1):
    return Stock("martin", "Agence Martin", LYON, "http://sandbox", seed, size)


def bodies(stock):
    return [estate.json(BASE) for estate in stock.all()]


def test_every_estate_is_json_of_some_kilobytes(documents):
    sizes = [len(json.dumps(document, ensure_ascii=False).encode()) for document in documents]
    assert 1_800 < sum(sizes) / len(sizes) < 3_000


def test_ids_and_references_are_unique(documents):
    assert len({document["id"] for document in documents}) == len(documents)
    assert len({document["reference"] for document in documents}) == len(documents)
    assert {document["reference"][:5] for document in documents} == {"MART-", "RIVI-"}


def test_prices_go_from_small_rents_to_almost_five_millions(documents):
    amounts = [document["financial"]["transaction"]["price"]["amount"] for document in documents]
    known = [amount for amount in amounts if amount is not None]
    assert min(known) <= 500
    assert max(known) == 4_900_000
    assert None in amounts
    currencies = {document["financial"]["transaction"]["price"]["currency"] for document in documents}
    assert currencies == {"EUR", "CHF"}


def test_lists_are_open(documents):
    types = Counter(document["type"] for document in documents)
    assert {"apartment", "house", "land", "péniche"} <= set(types)
    assert types["apartment"] > types["house"] > types["péniche"]
    assert {"sale", "rental", "seasonal_rental"} <= {document["offer_type"] for document in documents}
    statuses = {document["status"] for document in documents}
    assert {"available", "under_offer", "sold", "rented", "en attente de signature"} <= statuses


@pytest.mark.parametrize(
    "city", ["L'Haÿ-les-Roses", "Villeneuve-d'Ascq", "Saint-Cyr-au-Mont-d'Or", "Èze", "Lyon", "Nice"]
)
def test_towns_have_accents_and_apostrophes(documents, city):
    assert any(document["location"]["city"] == city for document in documents)


def test_geo_is_right_null_or_missing(documents):
    shapes = Counter(type(document["location"].get("geo", "missing")).__name__ for document in documents)
    assert set(shapes) == {"dict", "NoneType", "str"}
    for document in documents:
        if geo := document["location"].get("geo"):
            assert 43 < geo["latitude"] < 51
            assert 2 < geo["longitude"] < 8


def test_images_are_addresses_or_objects_from_none_to_twelve(documents):
    counts = {len(document["images"]) for document in documents}
    assert counts == set(range(13))
    kinds = {type(image).__name__ for document in documents for image in document["images"]}
    assert kinds == {"str", "dict"}
    for document in documents:
        slug = {"M": "martin", "R": "riviera"}[document["reference"][0]]
        for at, image in enumerate(document["images"], 1):
            address = image if isinstance(image, str) else image["url"]
            assert address == f"http://sandbox/pictures/{slug}/{document['id']}/{at}.jpg"


def test_unknown_fields_and_nulls_occur(documents):
    for name in ("virtual_tour_url", "mandat", "copropriété"):
        assert 0 < sum(name in document for document in documents) < len(documents) / 2
    assert any("estimation" in document["financial"] for document in documents)
    for name in ("energy", "amenities", "floor", "bedrooms", "land_surface", "sub_type", "exposure"):
        assert any(document[name] is None for document in documents)


def test_texts_are_french_and_full(documents):
    assert all(document["title"] and len(document["description"]) > 150 for document in documents)
    whole = " ".join(document["description"] for document in documents)
    assert all(sign in whole for sign in "éèàçê'«&%<") or "%" not in whole
    assert "{" not in whole
    assert "\x00" not in json.dumps(documents, ensure_ascii=False)


def test_rooms_fit_together(documents):
    for document in documents:
        if document["rooms"] is not None:
            assert document["bedrooms"] == document["rooms"] - 1
            assert document["bathrooms"] >= 1
        assert document["surface"] > 0


def test_the_same_seed_gives_the_same_bytes_another_seed_others():
    assert bodies(new_stock()) == bodies(new_stock())
    assert set(bodies(new_stock())).isdisjoint(bodies(new_stock(seed=2)))


def test_more_estates_than_moulds_differ_in_id_reference_and_mostly_in_price():
    stock = new_stock(MOULDS * 2)
    estates = stock.all()
    assert len({estate.id for estate in estates}) == MOULDS * 2
    assert len({estate.reference for estate in estates}) == MOULDS * 2
    pairs = zip(estates[:MOULDS], estates[MOULDS:], strict=True)
    assert sum(one.price != other.price for one, other in pairs) > MOULDS * 0.9


def test_times_go_up_with_the_references():
    created = [estate.created_at for estate in new_stock().all()]
    assert created == sorted(created)
    assert all(moment.endswith("Z") and "T" in moment for moment in created)


def test_five_thousand_estates_can_be_read(caller):
    with sandbox(estates=5_000) as box:
        martin = caller(box)
        seen = set()
        for page in range(1, 51):
            body = martin.get("/estates", params={"limit": 100, "page": page}).json()
            assert body["total"] == 5_000
            seen |= {estate["id"] for estate in body["data"]}
        assert len(seen) == 5_000


def test_price_and_status_changes_show(box, martin):
    account = box.account("martin")
    estate = account.estates[3]
    before = estate.updated_at
    account.change_price(estate.id, Decimal("612.50"))
    account.change_status(estate.id, "sold")
    shown = martin.get(f"/estates/{estate.id}").json()
    assert shown["financial"]["transaction"]["price"]["amount"] == 612.5
    assert shown["status"] == "sold"
    assert shown["updated_at"] > before
    assert shown["created_at"] == estate.created_at


def test_statuses_are_escaped(box, martin):
    account = box.account("martin")
    account.change_status(account.estates[0].id, 'à "voir" %s')
    assert martin.get(f"/estates/{account.estates[0].id}").json()["status"] == 'à "voir" %s'


@pytest.mark.parametrize(
    "change",
    [lambda a: a.remove("x"), lambda a: a.change_price("x", 1), lambda a: a.change_status("x", "sold")],
)
def test_changing_what_is_not_there_is_a_key_error(box, change):
    with pytest.raises(KeyError):
        change(box.account("martin"))


def test_removed_estates_are_gone_and_new_ones_come_first(box, martin):
    account = box.account("martin")
    gone = account.estates[-1].id
    account.remove(gone)
    assert martin.get(f"/estates/{gone}").status_code == 404
    added = account.add(2)
    body = martin.get("/estates").json()
    assert body["total"] == 41
    assert [estate["id"] for estate in body["data"][:2]] == added[::-1]


def test_changes_are_later_than_all_before_even_if_the_clock_is_behind(time_machine):
    time_machine.move_to("2020-01-01T00:00:00Z", tick=False)
    stock = new_stock()
    newest = stock.all()[-1].created_at
    one, two = (stock.get(identity) for identity in stock.add(2))
    assert newest < one.created_at < two.created_at
    stock.change(one.id, status="sold")
    assert one.updated_at > two.created_at


def test_change_prices_takes_a_share():
    stock = new_stock(200)
    before = {estate.id: estate.price for estate in stock.all()}
    assert stock.change_prices(5) == round(sum(price is not None for price in before.values()) * 0.05)
    changed = [estate for estate in stock.all() if estate.price != before[estate.id]]
    assert len(changed) == stock.change_prices(0) + 10
    assert all(estate.price < before[estate.id] for estate in changed)


def test_pages_shift_while_they_are_read(box, martin):
    account = box.account("martin")
    account.shift(1)
    one = martin.get("/estates", params={"limit": 10}).json()
    two = martin.get("/estates", params={"limit": 10, "page": 2}).json()
    assert one["data"][-1]["id"] == two["data"][0]["id"]
    assert two["total"] == one["total"] + 1
    account.shift(-1)
    martin.get("/estates")
    account.shift(0)
    assert martin.get("/estates").json()["total"] == 41


def test_an_empty_answer_is_a_success_without_estates(box, martin):
    account = box.account("martin")
    assert martin.get("/estates").json()["total"] == 40
    account.answer_empty()
    assert martin.get("/estates").json() == {"data": [], "total": 0, "page": 1, "limit": 50}
    account.answer_empty(False)
    assert martin.get("/estates").json()["total"] == 40


def test_identifiers_are_version_4_uuids():
    made = identifier("a", 1)
    assert made == identifier("a", 1) != identifier("a", 2)
    assert made[14] == "4"
    assert require_uuid(made.upper()) == made
    with pytest.raises(Refusal):
        require_uuid(f"{made}\n")
