"""Reading the webhook: whatever it looks like, it is a signal, and only from who has the key."""

import hmac
import json
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estates.remotes.aviv_webhooks import BODY_LIMIT, key_matches, key_of, lead_id_of, signature_ok
from estates.remotes.secret import Secret

KEY = Secret("our-own-key-1234")


@pytest.mark.parametrize(
    "payload",
    [
        {"leadId": "l-1"},
        {"lead_id": "l-1"},
        {"metadata": {"leadId": "l-1"}, "contactRequest": {}},
        {"lead": {"metadata": {"leadId": "l-1"}}},
        {"lead": {"leadId": "l-1"}},
        {"lead": {"id": "l-1"}},
        {"data": {"leadId": "l-1"}},
        {"payload": {"leadId": "l-1"}},
        [{"leadId": "l-1"}],
        {"leadId": None, "data": {"metadata": {"leadId": " l-1 "}}},
    ],
)
def test_the_lead_that_a_payload_names(payload):
    assert lead_id_of(json.dumps(payload).encode()) == "l-1"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"l-1"',
        b"\xff",
        b'{"id": "event-1"}',
        b'{"leadId": ".."}',
        b'{"leadId": ["l-1"]}',
        b'{"leadId": "\\ud800"}',
        b'[{"leadId": "l-1"}, {"leadId": "l-2"}]',
        b"[" * 5_000,
        b'{"leadId": "l-1", "x": "' + b"x" * BODY_LIMIT + b'"}',
    ],
    ids=range(13),
)
def test_a_payload_that_names_none(body):
    assert lead_id_of(body) is None


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_can_be_read(body):
    assert lead_id_of(body) is None or lead_id_of(body)


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({"Authorization": "Bearer k-1"}, "k-1"),
        ({"authorization": "bearer  k-1 "}, "k-1"),
        ({"AUTHORIZATION": "k-1"}, "k-1"),
        ({"X-Api-Key": "k-1"}, "k-1"),
        ({"x-api-key": " k-1 "}, "k-1"),
        ({"Authorization": "Basic dTpw", "x-api-key": "k-1"}, "k-1"),
        ({"Authorization": "Bearer k-1", "x-api-key": "other"}, "k-1"),
        ({"Authorization": "Basic dTpw"}, None),
        ({"Authorization": "", "x-api-key": ""}, None),
        ({}, None),
    ],
)
def test_the_key_that_a_call_carries(headers, key):
    assert key_of(headers) == key


def test_only_the_key_itself_matches():
    assert key_matches({"Authorization": f"Bearer {KEY.reveal()}"}, KEY)
    for wrong in ("", "our-own-key-1235", "our-own-key-12345", "OUR-OWN-KEY-1234", "clé"):
        assert not key_matches({"x-api-key": wrong}, KEY)
    assert not key_matches({}, KEY)


def test_a_signature_is_the_bodys():
    body = b'{"leadId": "l-1"}'
    good = hmac.new(KEY.reveal().encode(), body, sha256).hexdigest()
    for header in (good, good.upper(), f"sha256={good}", f" {good} "):
        assert signature_ok(body, header, KEY)
    for header in ("", good[:-1], good + "0", "é", "sha256="):
        assert not signature_ok(body, header, KEY)
    assert not signature_ok(body + b" ", good, KEY)
    assert not signature_ok(body, good, Secret("another"))
