"""Subscriptions, and the webhooks that follow from them: sent, lost, doubled, late, out of order, forged."""

import hmac
import json
import time
from hashlib import sha256

import pytest

KEY = "our-own-key-1234"


@pytest.fixture
def subscribed(agency, listener, martin):
    answer = agency.post("/webhook/subscriptions", json={"url": listener.url, "apiKey": KEY})
    assert answer.status_code == 201
    return martin.subscriptions[answer.json()["subscriptionId"]]


def named(listener):
    return [json.loads(body)["leadId"] for _, _, body in listener.heard]


def test_a_subscription_is_shown_without_its_key(agency, subscribed, listener):
    [shown] = agency.get("/webhook/subscriptions").json()["items"]
    assert shown == subscribed.shown()
    assert (shown["url"], shown["status"]) == (listener.url, "ACTIVE")
    assert "apiKey" not in shown
    assert KEY not in agency.get("/webhook/subscriptions").text


def test_several_subscriptions_may_be_for_one_agency(agency, subscribed, listener):
    again = agency.post(
        "/webhook/subscriptions", json={"url": listener.url, "apiKey": KEY, "status": "INACTIVE"}
    )
    assert again.json()["status"] == "INACTIVE"
    assert len(agency.get("/webhook/subscriptions").json()["items"]) == 2


def test_key_and_status_change_and_the_url_does_not(agency, subscribed):
    path = f"/webhook/subscriptions/{subscribed.id}"
    assert agency.put(path, json={"status": "INACTIVE"}).json()["status"] == "INACTIVE"
    assert agency.put(path, json={"apiKey": "new-key"}).json()["updatedAt"] >= subscribed.created_at
    assert subscribed.api_key == "new-key"
    assert agency.put(path, json={"url": "https://example.com"}).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": "https://example.com"},
        {"apiKey": "x"},
        {"url": "nowhere", "apiKey": "x"},
        {"url": "ftp://example.com", "apiKey": "x"},
        {"url": "http://[", "apiKey": "x"},
        {"url": "https://example.com", "apiKey": ""},
        {"url": "https://example.com", "apiKey": "x", "status": "PAUSED"},
        {"url": "https://example.com", "apiKey": "x", "name": "y"},
    ],
)
def test_a_bad_subscription_is_400(agency, martin, body):
    assert agency.post("/webhook/subscriptions", json=body).status_code == 400
    assert martin.subscriptions == {}


def test_a_deleted_subscription_is_gone(agency, subscribed, listener, martin):
    path = f"/webhook/subscriptions/{subscribed.id}"
    answer = agency.delete(path)
    assert answer.json() == subscribed.shown() | {"message": "Subscription deleted successfully"}
    for method, below in (("DELETE", ""), ("PUT", ""), ("GET", "/audit")):
        assert agency.request(method, path + below, json={"status": "ACTIVE"}).status_code == 404
    martin.add_leads(1)
    assert martin.webhooks.wait()
    assert listener.heard == []


def test_a_subscription_belongs_to_its_agency(box, caller, subscribed):
    riviera = caller(box.aviv.accounts["riviera"])
    assert riviera.get("/webhook/subscriptions").json()["items"] == []
    assert riviera.delete(f"/webhook/subscriptions/{subscribed.id}").status_code == 404


def test_each_new_lead_is_announced(agency, subscribed, listener, martin):
    added = martin.add_leads(3)
    assert martin.webhooks.wait()
    assert named(listener) == added
    path, headers, _ = listener.heard[0]
    assert (path, headers["x-api-key"]) == ("/hook", KEY)
    assert "x-signature" not in headers
    assert martin.webhooks.sent == 3


def test_a_posted_lead_is_announced_and_history_is_not(agency, subscribed, listener, martin):
    martin.add_leads(5, over_days=3)
    lead = {
        "lastName": "Doe",
        "email": "test@example.com",
        "phoneNumbers": [{"number": "+33511223344"}],
        "message": "message",
        "classifiedId": "26CQM9VNPM7M",
        "submittedDate": "2026-03-01T08:30:00Z",
    }
    agency.post("/leads", json=lead)
    assert martin.webhooks.wait()
    assert named(listener) == [martin.leads.all()[-1].id]


def test_an_inactive_subscription_hears_nothing(agency, subscribed, listener, martin):
    agency.put(f"/webhook/subscriptions/{subscribed.id}", json={"status": "INACTIVE"})
    martin.add_leads(1)
    assert martin.webhooks.wait()
    assert listener.heard == []


@pytest.mark.parametrize(("form", "value"), [("bearer", f"Bearer {KEY}"), ("bare", KEY)])
def test_the_key_in_another_header(subscribed, listener, martin, form, value):
    martin.webhooks.key_header = form
    martin.add_leads(1)
    assert martin.webhooks.wait()
    assert listener.heard[0][1]["authorization"] == value
    assert "x-api-key" not in listener.heard[0][1]


def test_a_signature_of_the_body(subscribed, listener, martin):
    martin.webhooks.signed = True
    martin.add_leads(1)
    assert martin.webhooks.wait()
    [(_, headers, body)] = listener.heard
    assert headers["x-signature"] == hmac.new(KEY.encode(), body, sha256).hexdigest()


def test_payloads_of_other_forms(subscribed, listener, martin):
    martin.webhooks.payload = "nothing"
    [first] = martin.add_leads(1)
    martin.webhooks.payload = "lead"
    [second] = martin.add_leads(1)
    assert martin.webhooks.wait()
    plain, whole = (json.loads(body) for _, _, body in listener.heard)
    assert plain == {"event": "NEW_LEAD"}
    assert whole == martin.leads.document(martin.leads[second])
    assert first not in str(whole)


def test_letters_get_lost(subscribed, listener, martin):
    martin.webhooks.drop(2)
    added = martin.add_leads(3)
    assert martin.webhooks.wait()
    assert named(listener) == added[2:]


def test_letters_come_twice(subscribed, listener, martin):
    martin.webhooks.double()
    first, second = martin.add_leads(2)
    assert martin.webhooks.wait()
    assert named(listener) == [first, first, second]


def test_letters_come_late(subscribed, listener, martin):
    martin.webhooks.delay(0.3)
    began = time.monotonic()
    late, other = martin.add_leads(2)
    assert martin.webhooks.wait()
    assert named(listener) == [other, late]
    assert time.monotonic() - began >= 0.3


def test_letters_come_in_another_order(subscribed, listener, martin):
    martin.webhooks.reorder(3)
    first, second, third, fourth = martin.add_leads(4)
    assert martin.webhooks.wait()
    assert named(listener) == [third, second, first, fourth]


def test_letters_are_forged(subscribed, listener, martin):
    martin.webhooks.forge(subscribed, b'{"leadId": "invented"}', "wrong-key")
    assert martin.webhooks.wait()
    [(_, headers, body)] = listener.heard
    assert (headers["x-api-key"], body) == ("wrong-key", b'{"leadId": "invented"}')


def test_the_audit_tells_what_arrived(agency, subscribed, listener, martin):
    path = f"/webhook/subscriptions/{subscribed.id}/audit"
    assert agency.get(path).json()["lastSuccessTimestamp"] is None
    [first] = martin.add_leads(1)
    assert martin.webhooks.wait()
    listener.status = 500
    [second] = martin.add_leads(1)
    assert martin.webhooks.wait()
    found = agency.get(path).json()
    assert found["subscriptionId"] == subscribed.id
    assert [(e["leadId"], e["status"], e["statusCode"]) for e in found["recentEvents"]] == [
        (second, "FAILURE", 500),
        (first, "SUCCESS", 200),
    ]
    assert found["lastSuccessTimestamp"] == found["recentEvents"][1]["timestamp"]
    assert len(agency.get(path, params={"limit": 1}).json()["recentEvents"]) == 1
    for limit in ("0", "101", "x"):
        assert agency.get(path, params={"limit": limit}).status_code == 400


@pytest.mark.parametrize(
    "url", ["http://192.0.2.1/hook", "https://example.com/hook", "http://127.0.0.1:1/hook"]
)
def test_nothing_leaves_the_machine_and_no_answer_is_a_failure(agency, martin, url):
    made = agency.post("/webhook/subscriptions", json={"url": url, "apiKey": KEY}).json()
    began = time.monotonic()
    martin.add_leads(1)
    assert martin.webhooks.wait()
    assert time.monotonic() - began < 2
    [event] = agency.get(f"/webhook/subscriptions/{made['subscriptionId']}/audit").json()["recentEvents"]
    assert (event["status"], event["statusCode"]) == ("FAILURE", None)


def test_a_sandbox_that_stops_leaves_no_letter_behind(subscribed, listener, martin):
    martin.webhooks.delay(60)
    martin.add_leads(1)
    martin.webhooks.close()
    assert martin.webhooks.wait(0)
    assert listener.heard == []
