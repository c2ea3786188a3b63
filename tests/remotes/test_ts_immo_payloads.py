"""What goes to Ts-Immo, and the tolerant reading of what comes back, without a wire."""

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estates.remotes.ts_immo_answers import (
    Activation,
    Plugin,
    Ticket,
    parse_activation,
    parse_plugin,
    parse_ticket,
    unwrapped,
)
from estates.remotes.ts_immo_comments import Comment
from estates.remotes.ts_immo_requests import Attachment, Buyer, EstateSearch, Phone, ticket_upload

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
ANSWER_FIELDS = """
    id subject message status created_at createdAt updated_at name description version shortcodes signature
    file_url plan expires_at max_properties
"""
near_answers = st.dictionaries(st.sampled_from(ANSWER_FIELDS.split()), anything)


def test_an_empty_search_sends_nothing():
    assert EstateSearch().params() == {}
    assert EstateSearch(query="", city=None).params() == {}


@pytest.mark.parametrize(
    ("filters", "params"),
    [
        ({"featured": False}, {"featured": "false"}),
        ({"is_project": True}, {"is_project": "true"}),
        ({"min_price": 0}, {"min_price": "0"}),
        ({"max_price": Decimal("1E+6")}, {"max_price": "1000000"}),
        ({"min_surface": Decimal("35.50")}, {"min_surface": "35.50"}),
        ({"bedrooms": 0}, {"bedrooms": "0"}),
        ({"query": "l'été & co"}, {"query": "l'été & co"}),
    ],
)
def test_a_filter_is_sent_as_the_document_writes_it(filters, params):
    assert EstateSearch(**filters).params() == params


def test_there_are_seventeen_filters():
    assert len(EstateSearch.__dataclass_fields__) == 17


def test_a_whole_buyer():
    buyer = Buyer(
        "s-1",
        civility="MR",
        firstname="Jean",
        lastname="Dupont",
        type="COMPANY",
        companyName="Dupont SARL",
        mail="jean@example.com",
        secondaryMail="j@example.com",
        phones=(Phone("+33612345678"), Phone("+33123456789", "landline")),
        message="Bonjour",
        internalNote="calls back",
        lang="fr",
        location={"city": "Nîmes"},
        preferences=({"offerType": "sale"},),
    )
    payload = buyer.payload()
    assert set(payload) == set(Buyer.__dataclass_fields__)
    assert list(payload["phones"]) == [
        {"number": "+33612345678", "type": "mobile"},
        {"number": "+33123456789", "type": "landline"},
    ]
    assert payload["location"] == {"city": "Nîmes"}
    assert list(payload["preferences"]) == [{"offerType": "sale"}]


def test_a_buyer_sends_only_what_it_has():
    assert Buyer("s-1", mail="").payload() == {"streamId": "s-1"}


def test_a_buyer_without_a_stream_would_be_doubled_on_a_retry():
    with pytest.raises(ValueError, match="streamId"):
        Buyer("").payload()


def test_attachments_are_base64_in_json_of_a_known_length():
    plan = Attachment('plan "é".pdf', "application/pdf", 5, lambda: io.BytesIO(b"%PDF\xff"))
    empty = Attachment("empty.txt", "text/plain", 0, io.BytesIO)
    upload = ticket_upload({"subject": "S"}, [plan, empty], None)
    body = b"".join(upload)
    assert len(body) == len(upload)
    assert json.loads(body) == {
        "subject": "S",
        "attachments": [
            {"filename": 'plan "é".pdf', "mime_type": "application/pdf", "content_base64": "JVBERv8="},
            {"filename": "empty.txt", "mime_type": "text/plain", "content_base64": ""},
        ],
    }


def test_an_attachment_does_not_show_how_it_is_opened():
    shown = repr(Attachment("plan.pdf", "application/pdf", 5, partial(io.BytesIO, b"%PDF\xff")))
    assert shown == "Attachment(filename='plan.pdf', mime_type='application/pdf', size=5)"


@pytest.mark.parametrize(
    ("status", "final"), [("DONE", True), ("closed", True), ("PENDING", False), ("NEW", False)]
)
def test_which_statuses_are_final(status, final):
    ticket = parse_ticket({"id": "t", "status": status})
    assert ticket.is_final is final
    assert ticket.status == status


def test_a_ticket_of_another_spelling():
    ticket = parse_ticket({"id": 7, "createdAt": "2025-01-15T10:30:00Z", "comments": [{"comment": "x"}]})
    assert ticket == Ticket(
        "7",
        "",
        "",
        "",
        datetime(2025, 1, 15, 10, 30, tzinfo=UTC),
        None,
        b'{"comments":[{"comment":"x"}],"createdAt":"2025-01-15T10:30:00Z","id":7}',
        comments=(Comment("", "x", "", "", False, None, b'{"comment":"x"}'),),
    )


@pytest.mark.parametrize("bad", [None, [], "t-1", {}, {"id": ""}, {"id": None}, {"id": {}}, {"id": True}])
def test_without_an_id_it_is_nothing(bad):
    assert parse_ticket(bad) is None
    assert parse_plugin(bad) is None


def test_a_plugin_as_documented():
    value = {
        "id": "plugin-uuid",
        "name": "ts-immo-sync",
        "description": "WordPress synchronization plugin",
        "version": "2.1.0",
        "shortcodes": ["ts_immo_listings", "ts_immo_map"],
        "signature": "sha256:abc123",
        "file_url": "https://api.ts-immo.org/v1/plugins/plugins/plugin-uuid/download",
    }
    plugin = parse_plugin(value)
    assert plugin == Plugin(
        value["id"],
        value["name"],
        value["description"],
        value["version"],
        tuple(value["shortcodes"]),
        value["signature"],
        value["file_url"],
    )


@pytest.mark.parametrize(
    ("count", "found"), [(500, 500), ("500", 500), (None, None), (-1, None), ("many", None)]
)
def test_how_many_properties_a_plan_holds(count, found):
    value = {"plan": "professional", "expires_at": "2026-12-31", "max_properties": count}
    assert parse_activation(value, b"raw") == Activation(
        "professional", datetime(2026, 12, 31, tzinfo=UTC), found, b"raw"
    )


@given(near_answers | anything)
def test_no_answer_breaks_the_reading(value):
    ticket, plugin = parse_ticket(value), parse_plugin(value)
    assert ticket is None or (ticket.remote_id and ticket.raw)
    assert plugin is None or plugin.remote_id
    if isinstance(value, dict):
        assert parse_activation(value, b"").raw == b""


@pytest.mark.parametrize(
    ("value", "inner"),
    [
        ({"data": [1]}, [1]),
        ({"data": {"id": 1}}, {"id": 1}),
        ({"data": None, "items": [2]}, [2]),
        ({"data": "text"}, {"data": "text"}),
        ({"id": 1}, {"id": 1}),
        ([3], [3]),
        (None, None),
        ("text", "text"),
    ],
)
def test_an_answer_is_unwrapped(value, inner):
    assert unwrapped(value, "data", "items") == inner
