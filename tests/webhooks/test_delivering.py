"""Messages to a partner's real server, whatever that does with them."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
import time_machine

from accounts.models import AuditEntry
from accounts.partners import keys
from estates.jobs.models import Job, Status
from estates.jobs.work import work
from estates.remotes.secret import Secret
from estates.webhooks import delivering, kinds, signing, subscribing
from estates.webhooks.kinds import EventType, Source
from estates.webhooks.models import Attempt, Delivery, Event, Subscription
from estates.webhooks.tell import tell
from tests.webhooks.conftest import HOST
from tests.websites import by_hand, endless, redirect, with_body

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
SCHEDULE = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


def message(asked) -> dict:
    return orjson.loads(asked.body)


class TestWhatArrives:
    def test_an_id_with_a_link_and_nothing_else(
        self, agency, receiver, subscribed, deliver, states, settings
    ):
        subscribed(agency)
        tell(agency, EventType.SITE_STATE, [12], state="active")
        assert [job.status for job in deliver()] == [Status.DONE]
        (asked,) = receiver.asked
        assert (asked.method, asked.path) == ("POST", "/passerelle")
        assert asked.headers["Content-Type"] == "application/json"
        said = message(asked)
        data = {key: value for key, value in said["data"].items() if key != "url"}
        assert (said["type"], said["timestamp"]) == ("site.state", NOON.isoformat())
        assert data == {"id": "12", "state": "active"}
        assert states(agency) == [("delivered", 1)]

    def test_it_is_signed_with_the_secret_that_was_shown(self, agency, receiver, subscribed, deliver):
        secret = subscribed(agency).secret
        tell(agency, EventType.LEAD_CREATED, [1])
        deliver()
        asked = receiver.asked[0]
        event = Event.objects.for_agency(agency).get()
        assert asked.headers["webhook-id"] == f"msg_{event.public_id}"
        expected = signing.headers([secret], asked.headers["webhook-id"], NOON, asked.body)
        assert asked.headers["webhook-signature"] == expected["webhook-signature"]
        assert asked.headers["webhook-timestamp"] == str(int(NOON.timestamp()))

    def test_after_a_change_of_secrets_both_sign_for_a_day(
        self, agency, receiver, subscribed, deliver, clock
    ):
        subscription = subscribed(agency)
        old, new = subscription.secret, subscribing.renew_secret(subscription, None)
        for moved in (timedelta(), timedelta(hours=25)):
            clock.move_to(NOON + moved)
            tell(agency, EventType.LEAD_CREATED, [1])
            deliver()
        early, late = receiver.asked
        when = NOON + timedelta(hours=25)
        both = signing.headers([new, old], early.headers["webhook-id"], NOON, early.body)
        one = signing.headers([new], late.headers["webhook-id"], when, late.body)
        assert early.headers["webhook-signature"] == both["webhook-signature"]
        assert late.headers["webhook-signature"] == one["webhook-signature"]

    def test_a_key_of_the_receiver_s_own_goes_along(self, agency, receiver, subscribed, deliver):
        subscribed(agency, api_key=Secret("12345-abcd"))
        tell(agency, EventType.LEAD_CREATED, [1])
        deliver()
        assert receiver.asked[0].headers["X-API-Key"] == "12345-abcd"

    def test_the_whole_thing_comes_along_where_that_was_asked_for(
        self, agency, receiver, subscribed, deliver, monkeypatch
    ):
        shown = Source(lambda pk: f"/api/v1/leads/{pk}", lambda _agency, ids: {"1": {"message": "Bonjour"}})
        monkeypatch.setitem(kinds.SOURCES, "lead", shown)
        subscribed(agency, whole=True)
        tell(agency, EventType.LEAD_CREATED, [1, 2])
        deliver()
        here, erased = (message(asked)["data"] for asked in receiver.asked)
        assert here["object"] == {"message": "Bonjour"}
        assert here["url"].endswith("/api/v1/leads/1")
        assert erased["object"] is None, "it is no more"

    def test_messages_come_in_the_order_of_what_happened(self, agency, receiver, subscribed, deliver):
        subscribed(agency)
        tell(agency, EventType.LEAD_CREATED, range(45))
        deliver()
        assert [message(asked)["data"]["id"] for asked in receiver.asked] == [str(n) for n in range(45)]


WAYS = {
    "refuses": (with_body(b"no", status=500), 500, ""),
    "wants a login": (with_body(b"", status=401), 401, ""),
    "does not know the address": (with_body(b"", status=404), 404, ""),
    "asks to slow down": (with_body(b"", status=429, headers={"Retry-After": "9"}), 429, ""),
    "leads elsewhere": (redirect("https://elsewhere.example/"), 301, ""),
    "leads into the private network": (redirect("http://169.254.169.254/", 307), 307, ""),
    "hangs up": (by_hand(), None, "dropped"),
    "speaks no HTTP": (by_hand(b"SSH-2.0-OpenSSH_9.2\r\n"), None, "broken"),
    "promises more than it sends": (
        by_hand(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nok"),
        None,
        "broken",
    ),
    "breaks off within its head": (by_hand(b"HTTP/1.1 20"), None, None),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_receiver_that_fails_gets_it_again_when_it_is_time_and_then_takes_it(
    way, agency, receiver, subscribed, deliver, states, clock
):
    subscribed(agency)
    answer, status, reason = WAYS[way]
    receiver.answers("/passerelle", answer)
    tell(agency, EventType.LEAD_CREATED, [1])
    assert [job.status for job in deliver()] == [Status.DONE], "a receiver's fault is no fault of the job"
    assert states(agency) == [("waiting", 1)]
    attempt = Attempt.objects.get()
    assert attempt.status == status
    assert attempt.reason == reason if reason is not None else attempt.reason
    clock.shift(4.9)
    assert deliver() == []
    receiver.answers("/passerelle", with_body(b"", status=204))
    clock.shift(0.2)
    deliver()
    assert states(agency) == [("delivered", 2)]
    names = {asked.headers["webhook-id"] for asked in receiver.asked}
    assert len(names) == 1, "a receiver knows by its id what it has had"
    subscription = Subscription.objects.for_agency(agency).get()
    assert (subscription.failures, subscription.failing_since, subscription.rests_until) == (0, None, None)


def test_of_an_answer_without_end_only_the_beginning_is_read(agency, receiver, subscribed, deliver, states):
    subscribed(agency)
    receiver.answers("/passerelle", endless(b"encore " * 1000))
    tell(agency, EventType.LEAD_CREATED, [1])
    deliver()
    assert states(agency) == [("delivered", 1)]
    assert len(Attempt.objects.get().answer) == delivering.ANSWER_LIMIT


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://10.0.0.8/x"]
)
def test_nothing_is_sent_into_a_private_network(url, agency, web, subscribed, deliver, states):
    subscribed(agency, url=url)
    tell(agency, EventType.LEAD_CREATED, [1])
    deliver()
    assert states(agency) == [("waiting", 1)]
    assert Attempt.objects.get().reason in ("not-public", "name")


class TestPatience:
    def test_eight_tries_at_the_agreed_times_and_then_it_is_given_up(
        self, agency, receiver, subscribed, deliver, states, clock
    ):
        subscribed(agency)
        receiver.answers("/passerelle", with_body(b"", status=503))
        tell(agency, EventType.LEAD_CREATED, [1])
        deliver()
        for tries, wait in enumerate(SCHEDULE, 1):
            assert states(agency) == [("waiting", tries)]
            clock.shift(wait - 1)
            assert deliver() == []
            clock.shift(1)
            deliver()
        assert states(agency) == [("failed", 8)]
        assert len(receiver.asked) == 8
        clock.shift(timedelta(days=3))
        assert deliver() == []

    def test_after_a_failure_the_address_rests_whatever_else_is_due(
        self, agency, receiver, subscribed, deliver, states, clock
    ):
        subscribed(agency)
        receiver.answers("/passerelle", with_body(b"", status=503))
        tell(agency, EventType.LEAD_CREATED, range(50))
        deliver()
        assert len(receiver.asked) == 1
        assert deliver() == []
        clock.shift(5)
        deliver()
        assert len(receiver.asked) == 2
        assert Subscription.objects.for_agency(agency).get().rests_until == NOON + timedelta(seconds=15)
        receiver.answers("/passerelle", with_body(b""))
        clock.shift(10)
        deliver()
        clock.shift(SCHEDULE[1])
        deliver()
        assert {state for state, _ in states(agency)} == {"delivered"}

    def test_one_that_fails_does_not_hold_up_another(
        self, agency, web, receiver, subscribed, deliver, settings
    ):
        other = web.site("other.partner.example")
        other.answers("/", with_body(b"", status=500))
        subscribed(agency)
        settings.SITE_ADDRESSES = web.setting
        subscribed(agency, url="https://other.partner.example/")
        tell(agency, EventType.LEAD_CREATED, range(3))
        deliver()
        assert len(receiver.asked) == 3
        assert len(other.asked) == 1


class TestWhoMayBeTold:
    def test_nothing_is_sent_while_paused_or_after_it_was_given_up(
        self, agency, receiver, subscribed, deliver, states
    ):
        subscription = subscribed(agency)
        tell(agency, EventType.LEAD_CREATED, [1])
        subscribing.change(subscription, None, status="INACTIVE")
        assert deliver() == []
        subscribing.change(subscription, None, status="ACTIVE")
        Subscription.objects.for_agency(agency).update(disabled_at=NOON)
        assert deliver() == []
        subscribing.change(subscription, None)
        deliver()
        assert states(agency) == [("delivered", 1)], "what waited is sent when somebody switches it on again"

    def test_a_key_that_is_revoked_takes_its_subscriptions_along(
        self, agency, member, receiver, subscribed, deliver, states
    ):
        key, _ = keys.make(agency, None, name="Call centre", scopes=["webhooks"])
        subscribed(agency, partner_key=key)
        new, _ = keys.renew(key, member(agency))
        keys.revoke(key, member(agency))
        tell(agency, EventType.LEAD_CREATED, [1])
        deliver()
        assert states(agency) == [("delivered", 1)], "its successor works"
        keys.revoke(new, member(agency))
        tell(agency, EventType.LEAD_CREATED, [2])
        assert deliver() == []
        assert states(agency)[1] == ("waiting", 0)

    def test_what_is_paused_while_it_is_sent_stops_at_the_next_message(
        self, agency, receiver, subscribed, monkeypatch, states
    ):
        subscription = subscribed(agency)
        monkeypatch.setattr(delivering, "AT_ONCE", 1)
        tell(agency, EventType.LEAD_CREATED, [1, 2])
        delivering.start_due()
        original = delivering._try

        def pause_meanwhile(*arguments):
            subscribing.change(subscription, None, status="INACTIVE")
            return original(*arguments)

        monkeypatch.setattr(delivering, "_try", pause_meanwhile)
        work(Job.objects.for_agency(agency).latest("pk").pk)
        assert states(agency) == [("delivered", 1), ("waiting", 0)]

    def test_what_is_removed_while_it_is_sent_leaves_nothing(self, agency, receiver, subscribed, monkeypatch):
        subscription = subscribed(agency)
        tell(agency, EventType.LEAD_CREATED, [1])
        delivering.start_due()
        original = delivering._try

        def remove_meanwhile(*arguments):
            outcome = original(*arguments)
            subscribing.remove(subscription, None)
            return outcome

        monkeypatch.setattr(delivering, "_try", remove_meanwhile)
        job = Job.objects.for_agency(agency).latest("pk")
        work(job.pk)
        job.refresh_from_db()
        assert job.status == Status.DONE
        assert not Attempt.objects.exists()
        assert not Delivery.objects.for_agency(agency).exists()


def test_a_vault_that_cannot_be_read_sends_nothing_and_loses_nothing(
    agency, receiver, subscribed, deliver, states, settings
):
    subscribed(agency)
    tell(agency, EventType.LEAD_CREATED, [1])
    settings.VAULT_KEYS = ["bm90LXRoZS1rZXktbm90LXRoZS1rZXktbm90LXRoZS0="]
    (job,) = deliver()
    assert job.status == Status.WAITING
    assert receiver.asked == []
    assert states(agency) == [("waiting", 0)]


def test_the_trail_tells_who_subscribed_whom_to_what(agency, member, web, subscribed):
    subscription = subscribed(agency, events=["lead.created"])
    subscribing.change(subscription, member(agency), events=["lead.erased"])
    subscribing.remove(subscription, member(agency))
    trail = AuditEntry.objects.for_agency(agency).order_by("number")
    assert [entry.action for entry in trail] == ["webhook.added", "webhook.changed", "webhook.removed"]
    assert {entry.subject for entry in trail} == {str(subscription)}
    assert "whsec_" not in str([entry.detail for entry in trail])
    assert HOST in trail[0].subject
