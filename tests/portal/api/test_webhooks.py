"""Subscriptions by a partner's own software."""

import pytest

from accounts.models import AuditEntry, IdempotentCall, Scope
from accounts.partners import keys
from estates.leads.models import Lead
from estates.remotes.secret import Secret
from estates.webhooks import subscribing
from estates.webhooks.kinds import SOURCES, EventType
from estates.webhooks.models import Delivery, Subscription
from estates.webhooks.tell import tell
from tests import canaries

pytestmark = pytest.mark.django_db
PATH = "/api/v1/webhook/subscriptions"
GIVEN = {"url": "https://example.com/webhook", "events": ["lead.created"], "apiKey": "12345-abcd-67890-xyz"}


def post(client, body=GIVEN, path=PATH, **headers):
    return client.post(path, body, content_type="application/json", headers=headers)


class TestSubscribing:
    def test_it_answers_in_avivs_shape_and_gives_the_secret_once(self, agency, partner):
        client = partner(agency)
        answer = post(client)
        assert answer.status_code == 201, answer.content
        made = answer.json()
        assert made["secret"].startswith("whsec_")
        assert (made["url"], made["status"]) == (GIVEN["url"], "ACTIVE")
        listed = client.get(PATH).json()
        assert listed["metadata"] == {"count": 1}
        assert listed["items"][0]["subscriptionId"] == made["subscriptionId"]
        assert "secret" not in listed["items"][0]
        assert GIVEN["apiKey"] not in str(listed)
        row = Subscription.objects.for_agency(agency).get()
        assert subscribing.signing_secrets(row)[0].reveal() == made["secret"]
        assert subscribing.api_key(row).reveal() == GIVEN["apiKey"]

    def test_the_same_call_twice_subscribes_once_and_keeps_no_secret(self, agency, partner):
        client = partner(agency)
        first, again = (post(client, **{"Idempotency-Key": "one"}) for _ in range(2))
        assert first.json()["secret"]
        assert again.json().get("secret") is None
        assert again.json()["subscriptionId"] == first.json()["subscriptionId"]
        assert Subscription.objects.for_agency(agency).count() == 1
        kept = bytes(IdempotentCall.objects.for_agency(agency).get().body)
        assert b"whsec_" not in kept

    def test_a_partner_may_bring_the_secret(self, agency, partner):
        secret = "whsec_" + "TWZLUTlyOEdLWXFyVHdqVVBEOElMUFpJbzJMYUxhU3c="
        assert post(partner(agency), {**GIVEN, "secret": secret}).json()["secret"] == secret

    @pytest.mark.parametrize(
        ("wrong", "named"),
        [
            ({"url": "http://example.com/"}, "url"),
            ({"url": "https://user:pw@example.com/"}, "url"),
            ({"events": []}, "events"),
            ({"events": ["lead.stolen"]}, "events"),
            ({"secret": "whsec_short"}, "secret"),
            ({"apiKey": "späte-schlüssel"}, "apiKey"),
            ({"status": "MAYBE"}, "status"),
            ({"uri": "x"}, "uri"),
        ],
    )
    def test_what_is_wrong_is_named_and_nothing_is_kept(self, agency, partner, wrong, named):
        answer = post(partner(agency), {**GIVEN, **wrong})
        assert answer.status_code == 422
        assert any(named in words for words in answer.json()["message"])
        assert not Subscription.objects.for_agency(agency).exists()

    def test_a_key_is_told_of_nothing_that_it_may_not_read(self, agency, partner):
        client = partner(agency, Scope.WEBHOOKS, Scope.LEADS_READ)
        refused = post(client, {**GIVEN, "events": ["lead.created", "estate.gone"]})
        assert refused.status_code == 403
        assert "estates:read" in refused.json()["message"][0]
        made = post(client).json()["subscriptionId"]
        widened = client.put(
            f"{PATH}/{made}", {"events": ["ticket.comment"]}, content_type="application/json"
        )
        assert widened.status_code == 403
        assert Subscription.objects.for_agency(agency).get().events == ["lead.created"]

    def test_there_is_an_end_to_it(self, agency, partner, monkeypatch):
        monkeypatch.setattr(subscribing, "MOST", 1)
        client = partner(agency)
        assert [post(client).status_code for _ in range(2)] == [201, 409]


class TestOne:
    @pytest.fixture
    def client(self, agency, partner):
        return partner(agency)

    @pytest.fixture
    def path(self, client):
        return f"{PATH}/{post(client).json()['subscriptionId']}"

    def test_put_changes_what_is_given_and_leaves_the_rest(self, agency, client, path):
        answer = client.put(path, {"status": "INACTIVE"}, content_type="application/json")
        assert answer.status_code == 200
        assert (answer.json()["status"], answer.json()["url"]) == ("INACTIVE", GIVEN["url"])
        client.put(path, {"apiKey": "another-key", "whole": True}, content_type="application/json")
        row = Subscription.objects.for_agency(agency).get()
        assert subscribing.api_key(row).reveal() == "another-key"
        assert (row.whole, row.status) == (True, "INACTIVE")
        assert [each.action for each in AuditEntry.objects.for_agency(agency).order_by("number")][-2:] == [
            "webhook.changed"
        ] * 2

    def test_delete_ends_it(self, agency, client, path):
        assert client.delete(path).status_code == 204
        assert client.get(path).status_code == 404
        assert AuditEntry.objects.for_agency(agency).filter(action="webhook.removed").exists()

    def test_a_new_secret_is_shown_once(self, agency, client, path):
        answer = post(client, None, f"{path}/secret", **{"Idempotency-Key": "s"})
        again = post(client, None, f"{path}/secret", **{"Idempotency-Key": "s"})
        row = Subscription.objects.for_agency(agency).get()
        assert subscribing.signing_secrets(row)[0].reveal() == answer.json()["secret"]
        assert again.json() == {"secret": None}

    def test_the_audit_says_what_was_sent_and_what_came_of_it(self, agency, client, path):
        tell(agency, EventType.LEAD_CREATED, [1, 2])
        first, _second = Delivery.objects.for_agency(agency).order_by("pk")
        first.attempts.create(at=first.due_at, seconds=0.1, status=500)
        first.attempts.create(at=first.due_at, seconds=0.1, status=200)
        Delivery.objects.for_agency(agency).filter(pk=first.pk).update(
            state="delivered", delivered_at=first.due_at, tries=2
        )
        told = client.get(f"{path}/audit?limit=1").json()
        assert told["lastSuccessTimestamp"]
        assert [(each["id"], each["status"], each["statusCode"]) for each in told["recentEvents"]] == [
            ("2", "PENDING", None)
        ]
        both = client.get(f"{path}/audit").json()["recentEvents"]
        assert (both[1]["status"], both[1]["statusCode"], both[1]["tries"]) == ("SUCCESS", 200, 2)

    def test_a_while_is_sent_again(self, agency, client, path):
        tell(agency, EventType.LEAD_CREATED, [1])
        Delivery.objects.for_agency(agency).update(state="failed", tries=8)
        window = {"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
        answer = post(client, window, f"{path}/replay")
        assert (answer.status_code, answer.json()) == (202, {"messages": 1})
        naive = {"since": "2020-01-01T00:00:00", "until": "2100-01-01T00:00:00Z"}
        assert post(client, naive, f"{path}/replay").status_code == 422

    def test_another_partner_of_the_agency_does_not_see_it(self, agency, partner, path):
        other = partner(agency)
        assert other.get(PATH).json()["items"] == []
        assert [other.get(path).status_code, other.delete(path).status_code] == [404, 404]

    def test_the_key_that_takes_over_does(self, agency, member, client, path):
        old = keys.found(client.token)
        _key, token = keys.renew(old, member(agency))
        answer = client.get(path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200


def things(rows) -> list[tuple[str, object]]:
    """A thing of each noun, by the id that the API knows it by."""
    return [
        ("lead", rows["lead"].pk),
        ("estate", rows["estate"].remote_id),
        ("job", rows["job"].pk),
        ("site", rows["site"].pk),
        ("ticket", rows["ticket"].pk),
    ]


def test_what_comes_along_whole_is_what_the_api_answers(agency, partner):
    rows = canaries.fill(agency, "Colibri")
    client = partner(agency)
    for noun, thing in things(rows):
        source = SOURCES[noun]
        told = source.read(agency, [str(thing), "0"])
        assert told.keys() == {str(thing)}
        answer = client.get(source.address(str(thing)))
        assert answer.status_code == 200, answer.content
        assert answer.json().keys() == told[str(thing)].keys()


def test_nothing_foreign_comes_along(agency, other_agency):
    rows = canaries.fill(agency, "Colibri")
    for noun, thing in things(rows):
        assert SOURCES[noun].read(other_agency, [str(thing)]) == {}
    assert Lead.objects.for_agency(agency).exists()


def test_every_noun_is_shown_somewhere():
    assert {event.noun for event in EventType} == SOURCES.keys()


def test_a_secret_of_another_shape_is_no_secret():
    with pytest.raises(ValueError):
        Secret("späte")
