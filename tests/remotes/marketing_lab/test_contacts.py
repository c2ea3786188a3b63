"""What is made of contacts, however they come: none is lost, and a database takes every text of them."""

import json
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estates.remotes.marketing_lab_answers import (
    Contact,
    Unidentified,
    parse_batch,
    parse_contact,
)
from estates.remotes.marketing_lab_fields import identity, items_of
from estates.remotes.mending import without_nul
from tests.remotes.misbehaving import http

from .conftest import CALLS, DOCUMENTED, ok

BATCHES = ["read_contacts", "pull_contacts", "pulled_contacts"]


@pytest.mark.parametrize("name", BATCHES)
def test_the_contact_of_the_document(name, client, server):
    server.answers(ok([DOCUMENTED]))
    batch = CALLS[name][1](client)
    assert batch.contacts == (
        Contact(
            action_id="1045",
            prospect_id="5002",
            programme_id="145",
            last_name="Dupont",
            first_name="Jean",
            phone="+33612345678",
            email="jean@email.com",
            programme="Les Jardins de l'Aube",
            region="Occitanie",
            origin="Website form",
            contact_kind="Inbound Lead",
            action_kind="Contact request",
            message="",
            happened_at=None,
            raw=orjson.dumps(DOCUMENTED, option=orjson.OPT_SORT_KEYS),
        ),
    )
    assert (batch.unidentified, len(batch), batch.raw) == ((), 1, json.dumps([DOCUMENTED]).encode())


@pytest.mark.parametrize("name", BATCHES)
def test_none_is_lost_for_want_of_an_id(name, client, server):
    items = [
        DOCUMENTED,
        {"prospect_nom": "Durand"},
        "rappeler M. Petit",
        None,
        DOCUMENTED | {"action_id": "b-2"},
    ]
    server.answers(ok(items))
    batch = CALLS[name][1](client)
    assert [contact.action_id for contact in batch.contacts] == ["1045", "b-2"]
    assert batch.unidentified == (
        Unidentified(b'{"prospect_nom":"Durand"}', "no usable action_id"),
        Unidentified(b'"rappeler M. Petit"', "not an object"),
        Unidentified(b"null", "not an object"),
    )
    assert len(batch) == 5


@pytest.mark.parametrize("wrapper", ["data", "contacts", "results", "items"])
def test_a_list_may_come_wrapped(wrapper, client, server):
    server.answers(ok({"valid": True, wrapper: [DOCUMENTED]}))
    assert client.pull_contacts().contacts[0].action_id == "1045"


@pytest.mark.parametrize(
    "answer", [None, 7, "x", {}, {"data": {}}, {"list": []}, {"data": [], "error": "Oops"}]
)
def test_anything_else_is_no_list(answer):
    assert items_of(answer) is None


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (1045, "1045"),
        ("1045", "1045"),
        (" 1045 ", "1045"),
        (1045.0, "1045"),
        (2**63, str(2**63)),
        ("a/b é", "a/b é"),
        ("x" * 64, "x" * 64),
        ("x" * 65, None),
        ("a\0b", None),
        ("a\nb", None),
        ("", None),
        (" ", None),
        ("0", None),
        (0, None),
        (-5, None),
        (10.5, None),
        (1e300, None),
        (float("nan"), None),
        (True, None),
        (None, None),
        ([1], None),
    ],
)
def test_what_is_an_identity(value, found):
    assert identity(value) == found


def test_two_long_ids_with_the_same_beginning_do_not_become_one():
    batch = parse_batch([{"action_id": "x" * 64 + end} for end in "ab"], b"")
    assert (len(batch.contacts), len(batch.unidentified)) == (0, 2)


def test_an_integer_too_large_for_json_is_not_rounded_to_another(client, server):
    server.answers(ok([{"action_id": 10**20 + 1}]))
    assert client.read_contacts().unidentified[0].reason == "no usable action_id"


TYPED = {
    "prospect_nom": "<script>alert(1)</script>",
    "prospect_prenom": "  Zoé \u202e",
    "prospect_telephone": "call me",
    "prospect_email": "jean at email.com",
}


def test_what_somebody_typed_arrives_as_it_is():
    contact = parse_contact(DOCUMENTED | TYPED)
    assert (contact.last_name, contact.phone, contact.email) == (
        "<script>alert(1)</script>",
        "call me",
        "jean at email.com",
    )
    assert contact.first_name == "Zoé \u202e"


def test_a_phone_may_be_a_number_and_a_name_nothing():
    contact = parse_contact(DOCUMENTED | {"prospect_telephone": 33612345678, "prospect_nom": None})
    assert (contact.phone, contact.last_name) == ("33612345678", "")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"action_date": "2026-10-05T14:30:00+02:00"}, datetime(2026, 10, 5, 12, 30, tzinfo=UTC)),
        ({"action_date": "2026-10-05T14:30:00.123Z"}, datetime(2026, 10, 5, 14, 30, 0, 123000, tzinfo=UTC)),
        ({"action_date": "05/10/2026 14:30"}, datetime(2026, 10, 5, 12, 30, tzinfo=UTC)),
        ({"date": "05/01/2026 14:30"}, datetime(2026, 1, 5, 13, 30, tzinfo=UTC)),
        ({"created_at": 1791203400}, datetime(2026, 10, 5, 12, 30, tzinfo=UTC)),
        ({"created_at": "1791203400"}, datetime(2026, 10, 5, 12, 30, tzinfo=UTC)),
        ({"created_at": 1791203400000}, datetime(2026, 10, 5, 12, 30, tzinfo=UTC)),
        ({"action_date": "hier soir", "date": "05/10/2026 14:30"}, datetime(2026, 10, 5, 12, 30, tzinfo=UTC)),
        ({"action_date": "hier soir"}, None),
        ({"action_date": ["2026-10-05"]}, None),
        ({}, None),
    ],
)
def test_when_it_happened(given, expected):
    assert parse_contact(DOCUMENTED | given).happened_at == expected


@pytest.mark.parametrize("name", ["message", "commentaire", "action_commentaire"])
def test_a_message_of_a_megabyte_arrives_whole(name, client, server):
    server.answers(ok([DOCUMENTED | {name: "é" * 1_000_000}]))
    contact = client.pull_contacts().contacts[0]
    assert contact.message == "é" * 1_000_000
    assert json.loads(contact.raw)[name] == contact.message


def test_nuls_and_halves_of_emoji_become_storable(client, server):
    item = DOCUMENTED | {
        "prospect_nom": "Du\0pont \ud83d",
        "message": "À bientôt \ud83d\ude00 \udca1",
        "\0k": "\0",
    }
    server.answers(ok([item]))
    batch = client.pull_contacts()
    contact = batch.contacts[0]
    assert (contact.last_name, contact.message) == ("Dupont \ufffd", "À bientôt \U0001f600 \ufffd")
    assert b"\\u0000" in batch.raw
    assert json.loads(contact.raw)["prospect_nom"] == "Dupont \ufffd"
    assert b"u0000" not in contact.raw
    assert contact.raw.decode()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Jérôme".encode("windows-1252"), "Jérôme"),
        ("Jérôme".encode() + b"\xe9", "Jérômeé"),
        ("Zoé 🙂".encode()[:-1], "Zoé ðŸ™"),
        (b"two\nlines", "two\nlines"),
        (b"a\0b", "ab"),
    ],
)
@pytest.mark.parametrize("name", BATCHES)
def test_a_stray_byte_costs_nobody_the_contact(name, typed, read, client, server):
    body = b'[{"action_id": 1, "prospect_nom": "Petit"}, {"action_id": 2, "prospect_nom": "%b"}]' % typed
    server.answers(http(200, body))
    batch = CALLS[name][1](client)
    assert [contact.last_name for contact in batch.contacts] == ["Petit", read]
    assert batch.raw == body


@pytest.mark.parametrize("value", [b"NaN", b"-Infinity", b"1e999", b"9" * 400])
def test_a_number_that_is_none_costs_nobody_the_contact(value, client, server):
    server.answers(http(200, b'[{"action_id": 7, "prospect_nom": "Petit", "prospect_budget": %b}]' % value))
    contact = client.pull_contacts().contacts[0]
    assert (contact.action_id, contact.last_name) == ("7", "Petit")
    assert json.loads(contact.raw)["prospect_budget"] is None or value.isdigit()


def test_what_lies_too_deep_to_be_kept_costs_nobody_the_rest():
    deep = orjson.loads(b"[" * 1000 + b"]" * 1000)
    contact = parse_contact(DOCUMENTED | {"more": {"deep": deep}})
    assert json.loads(contact.raw)["prospect_nom"] == contact.last_name == "Dupont"
    assert parse_contact(deep).reason == "not an object"


def test_the_same_contact_has_the_same_raw_in_whatever_order_its_fields_come():
    turned = dict(reversed(DOCUMENTED.items()))
    assert parse_contact(turned).raw == parse_contact(DOCUMENTED).raw


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
FIELDS = [*DOCUMENTED, "message", "action_date"]


@settings(max_examples=150)
@given(st.lists(JSON | st.dictionaries(st.sampled_from(FIELDS), JSON), max_size=5))
def test_as_many_come_out_as_came_in_and_all_of_it_is_storable(items):
    batch = parse_batch(items, b"")
    assert len(batch) == len(items)
    for contact in batch.contacts:
        texts = [
            value for value in map(contact.__getattribute__, contact.__slots__) if isinstance(value, str)
        ]
        assert 0 < len(contact.action_id) <= 64
        assert not [text for text in texts if "\0" in text]
        assert without_nul(contact.raw) == contact.raw
