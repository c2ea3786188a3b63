"""AVIV's operations on leads: windows, pages, erasure, and a body checked to the letter."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from portal.sandbox import sandbox
from portal.sandbox.aviv import Aviv
from portal.sandbox.aviv.documents import CATEGORIES, classified_id
from portal.sandbox.aviv.payloads import CLASSIFIED_ID

LEAD = {
    "lastName": "Doe",
    "email": "test@example.com",
    "phoneNumbers": [{"number": "+33511223344"}],
    "message": "message",
    "classifiedId": "26CQM9VNPM7M",
    "submittedDate": "2026-03-01T08:30:00Z",
}
OPERATIONS = {
    "token": ("POST", "/oauth/token"),
    "create_lead": ("POST", "/leads"),
    "leads": ("GET", "/leads"),
    "lead": ("GET", "/leads/{lead_id}"),
    "create_subscription": ("POST", "/webhook/subscriptions"),
    "subscriptions": ("GET", "/webhook/subscriptions"),
    "change_subscription": ("PUT", "/webhook/subscriptions/{subscription_id}"),
    "delete_subscription": ("DELETE", "/webhook/subscriptions/{subscription_id}"),
    "audit": ("GET", "/webhook/subscriptions/{subscription_id}/audit"),
}


def ids(answer):
    return [item["metadata"]["leadId"] for item in answer.json()["items"]]


def is_problem(answer, status):
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert set(body) == {"type", "title", "detail", "instance", "status"}
    assert body["status"] == status
    return body["detail"]


def test_the_documents_operations_in_both_environments():
    routes = Aviv(url="http://sandbox", estates=lambda slug: []).router.routes
    for prefix in ("/seeker-leads/v1", "/sandbox/seeker-leads/v1"):
        found = {route.operation: (route.method, route.path.removeprefix(prefix)) for route in routes
                 if route.path.startswith(prefix) or route.operation == "token"}  # fmt: skip
        assert found == OPERATIONS
    assert len(routes) == 17


def test_leads_of_a_window_oldest_first(agency, martin, week):
    added = martin.add_leads(14, over_days=14)
    answer = agency.get("/leads", params=week)
    assert answer.status_code == 200
    assert ids(answer) == added[-len(ids(answer)) :]
    dates = [item["metadata"]["ingestionDate"] for item in answer.json()["items"]]
    assert dates == sorted(dates)
    assert dates[0] >= week["minDate"]
    assert "next" not in answer.json()["links"]
    assert answer.headers["traceparent"].startswith("00-")


def test_both_ends_of_a_window_belong_to_it(agency, martin):
    martin.add_leads(3)
    second = martin.leads.all()[0].ingested
    assert len(ids(agency.get("/leads", params={"minDate": second, "maxDate": second}))) == 3
    for params in (
        {"minDate": second - 9, "maxDate": second - 1},
        {"minDate": second + 1, "maxDate": second + 9},
    ):
        assert is_problem(agency.get("/leads", params=params), 404) == "No leads found"


def test_206_leads_to_the_next_page(agency, martin, week):
    added = martin.add_leads(7)
    first = agency.get("/leads", params=week | {"limit": 3})
    assert first.status_code == 206
    assert first.json()["metadata"] == {"limit": 3, "count": 3}
    second = agency.get(first.json()["links"]["next"])
    assert second.status_code == 206
    third = agency.get(second.json()["links"]["next"])
    assert third.status_code == 200
    assert ids(first) + ids(second) + ids(third) == added
    assert agency.get("/leads", params=week | {"start": added[-1]}).status_code == 404


def test_a_page_that_is_full_and_the_last_is_200(agency, martin, week):
    martin.add_leads(3)
    assert agency.get("/leads", params=week | {"limit": 3}).status_code == 200


def test_links_may_be_missing(agency, martin, week):
    martin.links_next = False
    martin.add_leads(3)
    assert "next" not in agency.get("/leads", params=week | {"limit": 1}).json()["links"]


def test_a_week_is_the_longest_window(agency, martin, week):
    martin.add_leads(1)
    assert agency.get("/leads", params=week).status_code == 200
    assert "7 days" in is_problem(agency.get("/leads", params=week | {"minDate": week["minDate"] - 1}), 400)
    assert is_problem(agency.get("/leads", params={"minDate": 9, "maxDate": 8}), 400)


@pytest.mark.parametrize(
    "change",
    [
        {"minDate": None},
        {"maxDate": None},
        {"minDate": "2026-01-01"},
        {"minDate": "1.5"},
        {"minDate": "-1"},
        {"minDate": "٣"},
        {"maxDate": "9" * 11},
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "x"},
        {"start": "nobody"},
        {"start": ""},
        {"page": "1"},
        {"limit": ["1", "2"]},
    ],
)
def test_bad_parameters_are_400(agency, martin, week, change):
    martin.add_leads(1)
    is_problem(agency.get("/leads", params=week | change), 400)


def test_one_lead(agency, martin):
    [lead_id] = martin.add_leads()
    answer = agency.get(f"/leads/{lead_id}")
    assert answer.json() == martin.leads.document(martin.leads[lead_id])
    assert is_problem(agency.get("/leads/nobody"), 404) == "Lead not found"
    is_problem(agency.get(f"/leads/{lead_id}", params={"x": 1}), 400)


def test_a_posted_lead_appears(agency, martin, week):
    answer = agency.post("/leads", json=LEAD)
    assert answer.json()["title"]
    assert answer.json()["requestId"]
    [lead] = agency.get("/leads", params=week).json()["items"]
    assert lead["contactRequest"]["lastName"] == "Doe"
    assert lead["contactRequest"]["language"] == "FR"
    assert lead["property"] == {"classifiedId": "26CQM9VNPM7M"}
    assert abs(lead["metadata"]["ingestionDate"] - time.time()) < 5


def test_posting_is_not_idempotent(agency, martin):
    for _ in range(2):
        agency.post("/leads", json=LEAD)
    assert len(martin.leads) == 2


@pytest.mark.parametrize("name", sorted(LEAD))
def test_every_required_field_is_required(agency, martin, name):
    without = {key: value for key, value in LEAD.items() if key != name}
    assert f"{name} is required" in is_problem(agency.post("/leads", json=without), 400)
    assert len(martin.leads) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"lastName": ""},
        {"lastName": "x" * 101},
        {"lastName": None},
        {"firstName": ""},
        {"firstName": None},
        {"gender": "F"},
        {"email": "nobody"},
        {"language": "fr"},
        {"phoneNumbers": []},
        {"phoneNumbers": "+33511223344"},
        {"phoneNumbers": [{"number": "call me"}]},
        {"phoneNumbers": [{"number": "+33511223344", "type": "FAX"}]},
        {"phoneNumbers": [{"number": "+33511223344", "verified": True}]},
        {"message": 5},
        {"classifiedId": "26CQM9VNPM70"},
        {"classifiedId": "26CQM9VNPM7O"},
        {"classifiedId": "26cqm9vnpm7m"},
        {"submittedDate": "yesterday"},
        {"submittedDate": "2026-03-01T08:30:00"},
        {"isOwner": True},
    ],
)
def test_a_body_is_checked_to_the_letter(agency, martin, change):
    is_problem(agency.post("/leads", json=LEAD | change), 400)
    assert len(martin.leads) == 0


@pytest.mark.parametrize(("body", "status"), [(b"{", 400), (b"[]", 400), (b"", 400)])
def test_bodies_that_are_no_object(agency, body, status):
    is_problem(agency.post("/leads", data=body, headers={"Content-Type": "application/json"}), status)


def test_a_body_must_say_that_it_is_json(agency):
    is_problem(agency.post("/leads", data=json.dumps(LEAD), headers={"Content-Type": "text/plain"}), 415)


def test_who_asks_to_be_forgotten_is_gone_at_the_next_read(agency, martin, week):
    lead_id, other = martin.add_leads(2)
    before = agency.get(f"/leads/{lead_id}").json()
    martin.erase(lead_id)
    after = agency.get(f"/leads/{lead_id}").json()
    assert after["metadata"] == before["metadata"]
    gone = ("firstName", "lastName", "gender", "email", "language", "message")
    assert {name: after["contactRequest"][name] for name in gone} == dict.fromkeys(gone)
    assert after["contactRequest"]["phoneNumbers"] == []
    assert agency.get("/leads", params=week).json()["items"][0] == after
    assert agency.get(f"/leads/{other}").json()["contactRequest"]["phoneNumbers"]
    with pytest.raises(KeyError):
        martin.erase("nobody")


def test_a_lead_lives_three_years_and_no_longer(agency, martin, week):
    lead_id, other = martin.add_leads(2)
    metadata = agency.get(f"/leads/{lead_id}").json()["metadata"]
    assert (
        timedelta(days=1094)
        < timedelta(seconds=metadata["TTL"] - metadata["ingestionDate"])
        < timedelta(days=1097)
    )
    martin.live_until(lead_id, datetime.now(UTC) - timedelta(seconds=1))
    is_problem(agency.get(f"/leads/{lead_id}"), 404)
    assert ids(agency.get("/leads", params=week)) == [other]


def test_the_same_seed_draws_the_same_leads():
    def drawn(seed):
        with sandbox(estates=5, leads=30, seed=seed) as box:
            leads = box.aviv.accounts["martin"].leads
            documents = [leads.document(lead) for lead in leads.all()]
        for document in documents:
            del document["metadata"]["ingestionDate"], document["metadata"]["TTL"]
        return documents

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_leads_are_as_various_as_real_ones(box, martin):
    martin.add_leads(400, over_days=30)
    documents = [martin.leads.document(lead) for lead in martin.leads.all()]
    by_category = {category: [] for category in CATEGORIES}
    for document in documents:
        by_category[document["metadata"]["leadCategory"]].append(document)
    assert len(by_category["CLASSIFIED"]) > 200
    assert all(len(found) >= 8 for found in by_category.values())
    assert all("property" not in document for document in by_category["AGENCY"])
    assert all(document["property"]["estateType"] for document in by_category["PROPERTY_SEARCH"])
    assert all("lastName" not in document["contactRequest"] for document in by_category["CALL_TRACKING"])
    intentions = {document["metadata"]["seekerIntention"] for document in documents}
    assert intentions == {"SELL", "BUY", "RENT", "MANAGE", "ASK_A_QUESTION"}


def test_leads_name_the_agencys_own_estates(box, martin):
    martin.add_leads(100)
    estates = {estate.id: estate for estate in box.account("martin").estates}
    found = [martin.leads.document(lead).get("property", {}) for lead in martin.leads.all()]
    named = [item for item in found if "offererEstateId" in item]
    assert len({item["offererEstateId"] for item in named}) > 10
    for item in named:
        estate = estates[item["offererEstateId"]]
        assert item["offererMarketingKey"] == estate.reference
        assert item["classifiedId"] == classified_id(estate)
        assert CLASSIFIED_ID.fullmatch(item["classifiedId"])


def test_fifty_thousand_leads_are_quick(agency, martin, week):
    began = time.monotonic()
    martin.add_leads(50_000, over_days=6)
    agency.get("/leads", params=week)
    answer = agency.get("/leads", params=week | {"start": martin.leads.all()[40_000].id})
    assert answer.status_code == 206
    assert len(ids(answer)) == 100
    assert time.monotonic() - began < 5


def test_leads_added_later_take_their_place_in_time(agency, martin, week):
    new = martin.add_leads(1)
    old = martin.add_leads(2, over_days=5)
    assert ids(agency.get("/leads", params=week)) == [*old, *new]


def test_without_estates_leads_name_only_a_classified():
    with sandbox(estates=0, leads=40) as box:
        leads = box.aviv.accounts["martin"].leads
        found = [leads.document(lead).get("property", {}) for lead in leads.all()]
    assert all("offererEstateId" not in item for item in found)
    assert any(CLASSIFIED_ID.fullmatch(item.get("classifiedId", "")) for item in found)


@pytest.mark.parametrize(
    ("kind", "first"),
    [("lead_without_id", None), ("lead_is_a_string", "lead")],
)
def test_an_item_nobody_can_read(box, agency, martin, week, kind, first):
    martin.add_leads(2)
    box.fault(kind, times=1)
    items = agency.get("/leads", params=week).json()["items"]
    assert len(items) == 2
    assert (items[0] if isinstance(items[0], str) else items[0]["metadata"]["leadId"]) == first
    assert agency.get("/leads", params=week).json()["items"][0]["metadata"]["leadId"]


def test_a_list_that_leads_back(box, agency, martin, week):
    added = martin.add_leads(5)
    box.fault("repeated_start")
    answer = agency.get("/leads", params=week | {"limit": 2, "start": added[1]})
    assert answer.json()["links"]["next"].endswith(f"start={added[1]}")
    assert agency.get(f"/leads/{added[0]}").status_code == 200
