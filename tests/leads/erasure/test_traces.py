import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estates.leads.erasure.traces import Traces, traces_of
from estates.leads.models import Lead

JEAN = Lead(
    connection_id=7,
    remote_id="1045",
    first_name="Jean-Éric",
    last_name="Beauvoisin de La Tour",
    email=" JE@Exemple.fr ",
    email_key="je@exemple.fr",
    phones=[
        {"number": "06 98 76 54 32", "e164": "+33698765432"},
        {"number": "+41 44 668 18 00", "e164": "+41446681800"},
        {"number": "call me 123", "e164": ""},
    ],
)


@pytest.fixture
def traces():
    return traces_of([JEAN])


@pytest.mark.parametrize(
    "text",
    [
        "write to je@exemple.fr.",
        "mailto:JE@EXEMPLE.FR?subject=x",
        "?email=je@exemple.fr&x=1",
        "email=je%40exemple.fr",
        r'{"email": "je\u0040exemple.fr"}',
        "<je@exemple.fr>",
        json.dumps("Call me\nje@exemple.fr\tor not"),
        "0698765432",
        "06.98.76.54.32",
        "+33 (0)6 98 76 54 32",
        "0033698765432",
        "06\u202f98\u00a076 54-32",
        "0612345678 0698765432 0611111111",
        "0041 44 668 18 00",
        "for Jean-Éric Beauvoisin de la Tour, at noon",
        "BEAUVOISIN DE LA TOUR jean eric",
        r"Jean-\u00c9ric Beauvoisin de La Tour",
        '{"action_id": 1045, "nom": "',
        '"leadId":"1045"',
    ],
)
def test_the_person_is_found_in_any_spelling(traces, text):
    assert traces.in_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "je@exemple.fr.example.com",
        "marie.je@exemple.fr",
        "0698765433",
        "Jean-Éric alone",
        "Beauvoisin de La Tour & Fils",
        "123",
        '{"prospect_id": 1045}',
        '{"action_id": 10456}',
        "Estate 1045 is unknown",
    ],
)
def test_nobody_else_is(traces, text):
    assert not traces.in_text(text)


def test_a_lead_of_the_same_number_elsewhere_is_somebody_else(traces):
    assert traces.in_text('"action_id": 1045', connection=7)
    assert not traces.in_text('"action_id": 1045', connection=8)


def test_a_first_name_alone_tells_nobody():
    traces = traces_of([Lead(connection_id=7, remote_id="1", first_name="Jean", phones=[])])
    assert (traces.names, traces.mails, traces.tails) == (set(), set(), set())


def test_traces_survive_their_storing(traces):
    other = traces_of([Lead(connection_id=8, remote_id="x", email="a@b.fr", phones=[])])
    traces.add(other)
    assert Traces.from_json(json.loads(json.dumps(traces.as_json()))) == traces
    assert traces.of(8) == {"x"}


@given(st.text(max_size=200))
def test_no_text_breaks_the_search(text):
    traces_of([JEAN]).in_text(text)
    traces_of([Lead(connection_id=1, remote_id=text, first_name=text, last_name=text, email=text, phones=[])])


@pytest.mark.parametrize(
    "text", ["x" * 2_000_000, "@" * 2_000_000, "1" * 2_000_000, "a b " * 500_000, "%4" * 500_000]
)
def test_texts_that_are_made_to_be_slow_are_not(traces, text):
    start = time.perf_counter()
    traces.in_text(text)
    assert time.perf_counter() - start < 20
