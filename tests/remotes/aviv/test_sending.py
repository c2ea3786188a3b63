"""What is sent to AVIV: new leads to the letter of the document, and subscriptions."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from estates.remotes.aviv_requests import NewLead, NewPhone
from estates.remotes.aviv_subscriptions import WebhookAudit
from estates.remotes.errors import Malformed, NotFound, Refused, Unreachable
from estates.remotes.secret import Secret

from ..misbehaving import http

LEAD = NewLead(
    last_name="N'Diaye",
    email="fatou@courriel.example",
    phones=(NewPhone("+33639981234"),),
    message="Bonjour, je souhaite visiter.",
    classified_id="26CQM9VNPM7M",
    submitted_at=datetime(2026, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=1))),
)
URL = "http://127.0.0.1:1/webhook"
API_KEY = "Canary-api-key-55aa77"


def test_a_lead_is_sent_as_the_document_says(client, box, week):
    sent = client.create_lead(LEAD)
    assert sent.title == "Lead submitted successfully"
    assert sent.request_id
    assert box.received[0].json() == {
        "lastName": "N'Diaye",
        "email": "fatou@courriel.example",
        "phoneNumbers": [{"number": "+33639981234"}],
        "message": "Bonjour, je souhaite visiter.",
        "classifiedId": "26CQM9VNPM7M",
        "submittedDate": "2026-03-01T08:30:00.000Z",
    }
    [lead] = client.leads(*week).leads
    assert (lead.last_name, lead.classified_id, lead.language) == ("N'Diaye", "26CQM9VNPM7M", "FR")


def test_what_may_be_left_out_is_sent_where_it_is_known(client, box):
    phones = (NewPhone("0465711234", "LANDLINE"),)
    client.create_lead(replace(LEAD, first_name="Fatou", gender="FEMALE", language="EN", phones=phones))
    body = box.received[0].json()
    assert (body["firstName"], body["gender"], body["language"]) == ("Fatou", "FEMALE", "EN")
    assert body["phoneNumbers"] == [{"number": "0465711234", "type": "LANDLINE"}]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"last_name": ""}, "last name"),
        ({"last_name": "x" * 101}, "last name"),
        ({"first_name": "x" * 101}, "first name"),
        ({"email": "nobody"}, "email"),
        ({"phones": ()}, "telephone"),
        ({"phones": (NewPhone(""),)}, "telephone"),
        ({"message": " "}, "message"),
        ({"classified_id": "26CQM9VNPM7"}, "classified id"),
        ({"classified_id": "26CQM9VNPM70"}, "classified id"),
        ({"classified_id": "26CQM9VNPM7O"}, "classified id"),
        ({"classified_id": "26cqm9vnpm7m"}, "classified id"),
        ({"classified_id": "26CQM9VNPM7M\n"}, "classified id"),
        ({"classified_id": "٢٦CQM9VNPM7M"}, "classified id"),
        ({"gender": "F"}, "gender"),
        ({"language": "fr"}, "language"),
        ({"submitted_at": datetime(2026, 3, 1)}, "time zone"),  # noqa: DTZ001
    ],
)
def test_what_the_document_refuses_is_not_sent(client, box, change, complaint):
    with pytest.raises(ValueError, match=complaint):
        client.create_lead(replace(LEAD, **change))
    assert box.received == []


def test_a_lead_is_never_sent_twice(client, box, martin):
    box.fault("lost", operation="create_lead")
    with pytest.raises(Unreachable):
        client.create_lead(LEAD)
    assert len(box.received) == len(martin.leads) == 1


def test_what_the_remote_refuses_comes_with_its_words(client):
    with pytest.raises(Refused, match="phone number"):
        client.create_lead(replace(LEAD, phones=(NewPhone("call me"),)))


def test_a_subscription_from_its_beginning_to_its_end(client, martin):
    made = client.create_subscription(URL, API_KEY, "INACTIVE")
    assert (made.url, made.status) == (URL, "INACTIVE")
    assert made.created_at <= datetime.now(UTC)
    assert client.subscriptions() == (made,)
    changed = client.change_subscription(made.subscription_id, status="ACTIVE", api_key=Secret("other-key"))
    assert (changed.subscription_id, changed.status) == (made.subscription_id, "ACTIVE")
    assert changed.updated_at >= made.updated_at
    assert martin.subscriptions[made.subscription_id].api_key == "other-key"
    assert client.audit(made.subscription_id) == WebhookAudit(None, ())
    client.delete_subscription(made.subscription_id)
    assert client.subscriptions() == ()
    with pytest.raises(NotFound, match="Subscription not found"):
        client.delete_subscription(made.subscription_id)


def test_only_what_changes_is_sent(client, box):
    made = client.create_subscription(URL, API_KEY)
    client.change_subscription(made.subscription_id, status="INACTIVE")
    client.change_subscription(made.subscription_id, api_key="other-key")
    bodies = [entry.json() for entry in box.received]
    assert bodies == [{"url": URL, "apiKey": API_KEY}, {"status": "INACTIVE"}, {"apiKey": "other-key"}]


def test_nonsense_about_subscriptions_is_not_sent(client, box):
    with pytest.raises(ValueError, match="Neither"):
        client.change_subscription("x")
    for call in (
        client.create_subscription,
        lambda url, key, status: client.change_subscription("x", status=status),
    ):
        with pytest.raises(ValueError, match="ACTIVE or INACTIVE"):
            call(URL, API_KEY, "PAUSED")
    for limit in (0, 101):
        with pytest.raises(ValueError, match="1 to 100"):
            client.audit("x", limit)
    assert box.received == []


def test_the_audit_is_read_newest_first(client, martin):
    made = client.create_subscription(URL, API_KEY)
    first, second = martin.add_leads(2)
    assert martin.webhooks.wait()
    found = client.audit(made.subscription_id)
    assert [event.lead_id for event in found.events] == [second, first]
    assert (found.events[0].status, found.events[0].status_code, found.last_success_at) == (
        "FAILURE",
        None,
        None,
    )
    assert len(client.audit(made.subscription_id, 1).events) == 1


def test_an_audit_in_other_words(lone, server):
    events = [
        {"createdAt": 1_772_000_000, "result": "OK", "httpStatus": 200, "lead": {"leadId": "l"}},
        5,
        None,
    ]
    server.answers(http(200, json.dumps({"lastSuccessTimestamp": "soon", "recentEvents": events}).encode()))
    found = lone.audit("x")
    assert found.last_success_at is None
    assert (found.events[0].status, found.events[0].status_code, found.events[0].lead_id) == ("OK", 200, "l")
    assert [event.raw for event in found.events[1:]] == [b"5", b"null"]
    server.answers(http(200, b'{"recentEvents": null}'))
    assert lone.audit("x").events == ()


@pytest.mark.parametrize("bad", [{}, {"subscriptionId": ""}, {"subscriptionId": None}, [], "x", None])
def test_a_subscription_without_an_id_is_malformed(lone, server, bad):
    server.answers(http(200, json.dumps({"items": [{"subscriptionId": "a"}, bad]}).encode()))
    with pytest.raises(Malformed):
        lone.subscriptions()
    server.answers(http(201, json.dumps(bad).encode()))
    with pytest.raises(Malformed):
        lone.create_subscription(URL, API_KEY)


@pytest.mark.parametrize("status", [400, 200])
def test_the_key_of_a_subscription_does_not_come_back_in_an_error(lone, server, caplog, status):
    server.answers(http(status, json.dumps({"detail": f"bad key {API_KEY}"}).encode()))
    for call in (
        lambda: lone.create_subscription(URL, API_KEY),
        lambda: lone.change_subscription("x", api_key=API_KEY),
    ):
        with pytest.raises((Refused, Malformed)) as caught:
            call()
        assert "bad key [key removed]" in caught.value.words
        assert API_KEY not in str(caught.value) + repr(caught.value.raw) + caplog.text


def test_a_deletion_may_be_answered_with_nothing(lone, server):
    server.answers(http(204))
    lone.delete_subscription("a/b")
    assert server.requests[0].startswith(b"DELETE /v1/webhook/subscriptions/a%2Fb HTTP")
