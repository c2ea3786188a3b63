"""Leads as they come: documented, erased, of kinds nobody announced, and hostile."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from estates.remotes.aviv_answers import Lead, Phone, PropertySearch, UnreadableLead, parse_lead
from estates.remotes.aviv_fields import LENGTHS

CLASSIFIED = {
    "metadata": {
        "leadId": "7f3c1d9e-0000-4000-8000-000000000001",
        "ingestionDate": 1_772_000_000,
        "portal": "SLG-FRA",
        "TTL": 1_866_608_000,
        "leadCategory": "CLASSIFIED",
        "seekerIntention": "BUY",
    },
    "contactRequest": {
        "firstName": "Maïwenn",
        "lastName": "Le Gall",
        "gender": "FEMALE",
        "email": "maiwenn@courriel.example",
        "language": "FR",
        "phoneNumbers": [{"type": "MOBILE", "number": "+33639981234", "verified": True}],
        "message": "Bonjour 🙂\nEst-il libre ?",
        "isOwner": False,
    },
    "property": {
        "classifiedId": "26CQM9VNPM7M",
        "offererEstateId": "06a5a6ef-cd79-477b-93ab-00f0ece757bd",
        "offererMarketingKey": "MART-0015",
        "projectId": "P-1",
    },
}
SEARCH = {
    "estateType": ["APARTMENT", "HOUSE"],
    "rooms": {"numberOfRoomsMin": 3},
    "spaces": {"spaceMin": 60, "spaceMax": 90.5},
    "budget": {"amountMax": 480_000},
    "geo": {"cities": [{"name": "Écully", "zipCode": "69130"}, {"name": "Lyon", "zipCode": 69002}]},
}


def lead(**parts):
    found = parse_lead(CLASSIFIED | parts)
    assert isinstance(found, Lead)
    return found


def contact(**fields):
    return lead(contactRequest=CLASSIFIED["contactRequest"] | fields)


def test_a_documented_lead():
    found = lead()
    assert found == Lead(
        lead_id="7f3c1d9e-0000-4000-8000-000000000001",
        raw=found.raw,
        digest=found.digest,
        ingested_at=datetime.fromtimestamp(1_772_000_000, UTC),
        portal="SLG-FRA",
        ttl_at=datetime.fromtimestamp(1_866_608_000, UTC),
        category="CLASSIFIED",
        intention="BUY",
        first_name="Maïwenn",
        last_name="Le Gall",
        gender="FEMALE",
        email="maiwenn@courriel.example",
        language="FR",
        phones=(Phone("MOBILE", "+33639981234", True),),
        message="Bonjour 🙂\nEst-il libre ?",
        is_owner=False,
        classified_id="26CQM9VNPM7M",
        offerer_estate_id="06a5a6ef-cd79-477b-93ab-00f0ece757bd",
        marketing_key="MART-0015",
        project_id="P-1",
    )
    assert json.loads(found.raw) == CLASSIFIED


def test_a_lead_to_the_agency_has_no_property():
    for nothing in ({}, None, [], "x"):
        found = lead(property=nothing)
        assert (found.classified_id, found.offerer_estate_id, found.search) == ("", "", None)
    without = {name: value for name, value in CLASSIFIED.items() if name != "property"}
    assert parse_lead(without).marketing_key == ""


def test_a_property_search_holds_what_is_looked_for():
    assert lead(property=SEARCH).search == PropertySearch(
        estate_types=("APARTMENT", "HOUSE"),
        rooms_min=3,
        rooms_max=None,
        surface_min=Decimal(60),
        surface_max=Decimal("90.50"),
        budget_min=None,
        budget_max=Decimal(480_000),
        places=("Écully", "69130", "Lyon", "69002"),
    )


@pytest.mark.parametrize(
    ("geo", "places"),
    [
        ({"city": "Èze"}, ("Èze",)),
        ([{"label": "Nice"}, {"label": "Nice"}], ("Nice",)),
        ({"a": {"b": [{"zipCodes": ["06000", "06100"]}]}}, ("06000", "06100")),
        ({"a": {"a": {"a": {"a": {"a": {"city": "too deep"}}}}}}, ()),
        ({"name": {"city": "Lyon"}}, ("Lyon",)),
        ("Lyon", ()),
        (None, ()),
    ],
)
def test_places_are_found_wherever_they_stand(geo, places):
    found = lead(property=SEARCH | {"geo": geo}).search
    assert found.places == places


def test_kinds_that_nobody_announced_are_kept():
    found = lead(metadata=CLASSIFIED["metadata"] | {"leadCategory": "VISIO", "seekerIntention": "SWAP"})
    assert (found.category, found.intention) == ("VISIO", "SWAP")


def test_a_tracked_call_has_a_number_and_no_name():
    found = lead(contactRequest={"phoneNumbers": [{"number": "+33639981234"}], "message": None})
    assert found.phones == (Phone("", "+33639981234", None),)
    assert (found.last_name, found.is_erased) == ("", False)


ERASED = {
    "firstName": None,
    "lastName": None,
    "message": None,
    "gender": None,
    "language": None,
    "phoneNumbers": [],
}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"email": None},
        {"email": "left@behind.example"},
        {"name": "Left Behind"},
        {"address": {"a": "left"}},
    ],
)
def test_an_erased_person_leaves_nothing(more):
    found = lead(contactRequest=ERASED | more)
    assert found.is_erased
    assert (found.first_name, found.last_name, found.email, found.phones) == ("", "", "", ())
    assert b"eft" not in found.raw
    assert found.classified_id == "26CQM9VNPM7M"


@pytest.mark.parametrize(
    "more",
    [
        {"firstName": "Léa"},
        {"lastName": "Faÿ"},
        {"message": "Bonjour"},
        {"phoneNumbers": [{"number": "0639981234"}]},
        {"phoneNumbers": None},
    ],
)
def test_a_person_of_whom_something_is_left_is_not_erased(more):
    assert not lead(contactRequest=ERASED | more).is_erased


def test_a_tracked_call_is_erased_too():
    assert lead(contactRequest={"phoneNumbers": [], "message": None}).is_erased


@pytest.mark.parametrize("nothing", [{}, None, [], "x", {"phoneNumbers": []}])
def test_a_contact_of_which_nothing_is_said_is_not_erased(nothing):
    assert not lead(contactRequest=nothing).is_erased


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "not an object"),
        ([], "not an object"),
        ("lead", "not an object"),
        ({}, "no usable leadId"),
        ({"metadata": None}, "no usable leadId"),
        ({"metadata": {"leadId": None}}, "no usable leadId"),
        ({"metadata": {"leadId": " "}}, "no usable leadId"),
        ({"metadata": {"leadId": ".."}}, "no usable leadId"),
        ({"metadata": {"leadId": "a\nb"}}, "no usable leadId"),
        ({"metadata": {"leadId": "x" * 129}}, "no usable leadId"),
        ({"metadata": {"leadId": {"id": 1}}}, "no usable leadId"),
    ],
)
def test_what_has_no_id_is_kept_with_its_reason(value, reason):
    found = parse_lead(value, 7)
    assert found == UnreadableLead(orjson.dumps(value), reason, 7)


def test_what_is_nested_too_deeply_is_kept_by_its_reason():
    deep = {}
    for _ in range(400):
        deep = {"a": deep}
    assert parse_lead(CLASSIFIED | {"deep": deep}, 1) == UnreadableLead(
        b"", "nested too deeply to be kept", 1
    )


def test_a_number_may_be_an_id():
    assert lead(metadata={"leadId": 12345}).lead_id == "12345"


@pytest.mark.parametrize("bad", [[], {}, True, 1e400, {"a": 1}, [[1]], None, ""])
@pytest.mark.parametrize("name", [*CLASSIFIED["contactRequest"]])
def test_a_field_of_another_type_leaves_the_lead_readable(name, bad):
    found = contact(**{name: bad if bad != 1e400 else -1})
    assert found.lead_id == CLASSIFIED["metadata"]["leadId"]
    assert isinstance(found.last_name, str)
    assert isinstance(found.phones, tuple)


def test_texts_are_cut_and_free_of_nul():
    found = contact(lastName="\0" + "x" * 999, message="m" * 30_000)
    assert found.last_name == "x" * LENGTHS["last_name"]
    assert len(found.message) == LENGTHS["message"]


def test_telephone_numbers_in_other_shapes():
    numbers = [
        "0639981234",
        {"number": 639981234, "verified": "true"},
        {"type": "FAX"},
        None,
        {"number": " "},
    ]
    found = contact(phoneNumbers=numbers + [{"number": "1"}] * 50)
    assert found.phones[:2] == (Phone("", "0639981234", None), Phone("", "639981234", True))
    assert len(found.phones) == 17


def test_equal_leads_have_equal_digests_whatever_their_order():
    turned = dict(reversed(CLASSIFIED.items()))
    assert parse_lead(turned).digest == lead().digest
    assert contact(message="autre").digest != lead().digest


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False)
    | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=6,
)
PATHS = [*(("metadata", name) for name in CLASSIFIED["metadata"])]
PATHS += [("contactRequest", name) for name in CLASSIFIED["contactRequest"]]
PATHS += [("property", name) for name in (*CLASSIFIED["property"], *SEARCH)]


@given(
    st.dictionaries(st.sampled_from(PATHS), JSON, max_size=5),
    st.dictionaries(st.sampled_from(sorted(CLASSIFIED)), JSON),
)
def test_whatever_comes_is_a_lead_or_is_kept_apart(fields, parts):
    value = {name: dict(inner) for name, inner in CLASSIFIED.items()}
    for (part, name), inner in fields.items():
        value[part][name] = inner
    found = parse_lead(value | parts)
    if isinstance(found, Lead):
        assert "\0" not in f"{found.last_name}{found.message}{found.marketing_key}{found.lead_id}"
        assert all(
            len(getattr(found, name)) <= LENGTHS[name] for name in ("last_name", "email", "project_id")
        )
    assert isinstance(found.raw, bytes)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(JSON)
def test_any_json_is_a_lead_or_is_kept_apart(value):
    assert isinstance(parse_lead(value), Lead | UnreadableLead)
