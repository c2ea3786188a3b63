"""Answers with several people in them: only the erased go, and only where they can be told."""

import json

import pytest

from estates.jobs.models import Job
from estates.leads.erasure.erase import erase_person
from estates.leads.erasure.items import censored, without, without_the_erased
from estates.leads.erasure.places import cleared
from estates.leads.erasure.traces import Traces

pytestmark = pytest.mark.django_db

MLAB, AVIV = "marketing_lab", "aviv"
TRACES = Traces({"jean@exemple.fr"}, {"698765432"}, {"jean dupont"}, {(1, "17")})


@pytest.mark.parametrize(
    ("system", "answer", "left"),
    [
        (MLAB, [{"action_id": 17}, {"action_id": 18}], [{"erased": True}, {"action_id": 18}]),
        (MLAB, [{"action_id": "17"}], [{"erased": True}]),
        (MLAB, {"data": [{"action_id": 17}], "total": 1}, {"data": [{"erased": True}], "total": 1}),
        (AVIV, {"leads": [{"metadata": {"leadId": "17"}}]}, {"leads": [{"erased": True}]}),
        (AVIV, {"metadata": {"leadId": "17"}, "contactRequest": {}}, {"erased": True}),
        (MLAB, [{"nom": "x", "mail": "jean@exemple.fr"}], [{"erased": True}]),
        (MLAB, [["jean@exemple.fr"], 3], [{"erased": True}, 3]),
        (MLAB, {"valid": False, "error": "no jean@exemple.fr"}, {"valid": False, "error": ""}),
    ],
)
def test_items_of_the_erased_are_replaced_in_place(system, answer, left):
    body, number = cleared(json.dumps(answer), system, 1, TRACES)
    assert (json.loads(body), number) == (left, 1)


@pytest.mark.parametrize(
    "answer",
    [
        [{"action_id": 18, "mail": "jean@exemple.fr", "prospect_id": 17}],
        [{"action_id": True, "programme_id": 17}],
        {"valid": False, "error": "no"},
        [],
        17,
        None,
    ],
)
def test_others_stay_byte_for_byte(answer):
    """Also who shares an address with the erased: the number of a lead alone says whose it is."""
    body = json.dumps(answer, indent=3)
    assert cleared(body, MLAB, 1, TRACES) == (body, 0)


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ('[{"action_id": 17, "nom": "Du', ""),
        ('[{"action_id": 18, "mail": "jean@exemple.fr", "no', ""),
        ("<html>Jean Dupont</html>", ""),
        ('[{"action_id": 18, "nom": "Du', '[{"action_id": 18, "nom": "Du'),
        ("[" * 100_000, "[" * 100_000),
        ('{"a": ' + "9" * 5000 + "}", '{"a": ' + "9" * 5000 + "}"),
    ],
)
def test_what_cannot_be_read_goes_as_a_whole_or_not_at_all(body, left):
    assert cleared(body, MLAB, 1, TRACES)[0] == left


def test_what_was_escaped_stays_storable():
    body = r'[{"action_id": 17}, {"action_id": 18, "x": "\ud800 \u0000 é"}]'
    left, _ = cleared(body, MLAB, 1, TRACES)
    assert left.encode().decode() == left
    assert "\0" not in left
    assert json.loads(left)[1] == json.loads(body)[1]


def test_an_answer_is_asked_about_in_order():
    seen = []
    without('[{"id": 1}, {"x": 2}]', "seeki", lambda item, number: bool(seen.append(number)))
    assert seen == ["1", None]


@pytest.fixture
def erased(agency, filed, draft, member):
    leads = filed(
        agency,
        draft("17", email="jean@exemple.fr", phones=(("", "06 98 76 54 32"),)),
        draft("18", first_name="Marie", email="marie@exemple.fr"),
    )
    return erase_person(leads[0].person, member(agency))


def test_an_answer_that_has_just_come_is_kept_without_them(agency, connected, erased):
    other, items = {"action_id": 18, "mail": "marie@exemple.fr"}, [{"action_id": 17}, {"tel": "0698765432"}]
    body = json.dumps([*items, other])
    assert json.loads(without_the_erased(connected(agency), body)) == [
        {"erased": True},
        {"erased": True},
        other,
    ]


def test_nobody_is_taken_out_at_another_agency_or_connection(agency, other_agency, connected, erased):
    body = json.dumps([{"action_id": 17, "mail": "jean@exemple.fr"}])
    assert without_the_erased(connected(other_agency), body) == body
    assert without_the_erased(connected(agency, label="Lyon"), body) == body


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('[{"action_id": 17}, {"action_id": 18}]', '[{"erased":true},{"action_id":18}]'),
        ('[{"action_id": 17, "nom"', ""),
        ("jean@exemple.fr is unknown", ""),
        ("marie@exemple.fr is unknown", "marie@exemple.fr is unknown"),
        ("Bad gateway", "Bad gateway"),
    ],
)
def test_a_later_failure_does_not_bring_them_back(agency, connected, erased, text, left):
    job = Job(agency=agency, params={"connection": connected(agency).pk})
    assert censored(job, text) == left


@pytest.mark.parametrize("given", [None, "x", 10**30, [1], True])
def test_a_job_of_no_connection_is_censored_too(agency, erased, given):
    job = Job(agency=agency, params={"connection": given})
    assert censored(job, '[{"action_id": 17}]') == ""


def test_nothing_is_looked_at_where_nobody_was_erased(other_agency, erased, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert censored(Job(agency=other_agency), "jean@exemple.fr") == "jean@exemple.fr"
