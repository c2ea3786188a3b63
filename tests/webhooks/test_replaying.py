from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.models import AuditEntry
from estates.webhooks import replaying, subscribing
from estates.webhooks.delivering import RETRIES
from estates.webhooks.kinds import EventType
from estates.webhooks.models import Attempt, Delivery, Subscription
from estates.webhooks.tell import tell
from tests.websites import with_body

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


@pytest.fixture
def given_up(agency, receiver, subscribed, deliver, clock):
    """Three messages of three hours that were given up; then the receiver is well again."""
    subscription = subscribed(agency)
    for hour in range(3):
        tell(agency, EventType.LEAD_CREATED, [hour], NOON + timedelta(hours=hour))
    Delivery.objects.for_agency(agency).update(state="failed", tries=len(RETRIES) + 1)
    clock.move_to(NOON + timedelta(days=1))
    return subscription


def test_one_message_goes_again_under_its_old_name(agency, receiver, subscribed, deliver, states):
    subscribed(agency)
    tell(agency, EventType.LEAD_CREATED, [1])
    deliver()
    delivery = Delivery.objects.for_agency(agency).select_related("subscription__agency", "agency").get()
    assert replaying.replay(delivery, None)
    assert not replaying.replay(delivery, None), "it waits already"
    deliver()
    first, second = receiver.asked
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert states(agency) == [("delivered", 1)]
    assert Attempt.objects.count() == 2, "the log holds both"


def test_those_of_a_while_go_again(agency, receiver, given_up, deliver, states):
    since, until = NOON + timedelta(minutes=30), NOON + timedelta(hours=1, minutes=30)
    assert replaying.replay_window(given_up, since, until, None) == 1
    deliver()
    assert states(agency) == [("failed", 8), ("delivered", 1), ("failed", 8)]
    entry = AuditEntry.objects.for_agency(agency).get(action="webhook.replayed")
    assert entry.detail["messages"] == 1


def test_what_was_delivered_goes_again_only_if_that_is_wanted(agency, receiver, given_up, deliver):
    everything = (NOON, NOON + timedelta(days=1))
    replaying.replay_window(given_up, *everything, None)
    deliver()
    assert replaying.replay_window(given_up, *everything, None) == 0
    assert replaying.replay_window(given_up, *everything, None, failed_only=False) == 3
    deliver()
    assert len(receiver.asked) == 6


def test_a_replay_stays_with_its_subscription(agency, other_agency, receiver, given_up, subscribed, states):
    subscribed(other_agency)
    tell(other_agency, EventType.LEAD_CREATED, [1], NOON)
    Delivery.objects.for_agency(other_agency).update(state="failed", tries=8)
    assert replaying.replay_window(given_up, NOON, NOON + timedelta(days=1), None) == 3
    assert states(other_agency) == [("failed", 8)]


def test_an_address_can_be_tried(agency, receiver, subscribed, deliver, states):
    subscription = subscribed(agency, events=["estate.gone"], whole=True)
    receiver.answers("/passerelle", with_body(b"hello", status=202))
    replaying.send_test(subscription, None)
    deliver()
    assert states(agency) == [("delivered", 1)]
    assert b'"type":"webhook.test"' in receiver.asked[0].body
    assert Attempt.objects.get().answer == "hello"


class TestWhatWaits:
    """A receiver was down for a while, and the next tries are hours away."""

    @pytest.fixture
    def waiting(self, agency, receiver, subscribed, clock):
        subscription = subscribed(agency)
        tell(agency, EventType.LEAD_CREATED, [1, 2], NOON)
        rows = Delivery.objects.for_agency(agency)
        rows.update(tries=5, due_at=NOON + timedelta(hours=10))
        Subscription.objects.for_agency(agency).update(rests_until=NOON + timedelta(minutes=5), failures=9)
        return subscription

    def test_one_message_is_sent_now(self, agency, receiver, waiting, deliver, states):
        first = Delivery.objects.for_agency(agency).select_related("subscription__agency", "agency").first()
        assert replaying.replay(first, None)
        deliver()
        assert sorted(states(agency)) == [("delivered", 1), ("waiting", 5)]

    def test_all_are_sent_now(self, agency, other_agency, receiver, waiting, subscribed, deliver, states):
        subscribed(other_agency)
        tell(other_agency, EventType.LEAD_CREATED, [1], NOON)
        Delivery.objects.for_agency(other_agency).update(due_at=NOON + timedelta(hours=1))
        assert replaying.send_waiting(waiting, None) == 2
        assert replaying.send_waiting(waiting, None) == 0, "they are due already"
        deliver()
        assert states(agency) == [("delivered", 1), ("delivered", 1)]
        assert states(other_agency) == [("waiting", 0)]
        entry = AuditEntry.objects.for_agency(agency).get(action="webhook.replayed")
        assert entry.detail == {"messages": 2}

    def test_they_have_not_arrived_and_are_in_the_window_of_those(self, agency, receiver, waiting):
        assert replaying.replay_window(waiting, NOON, NOON, None, failed_only=True) == 2

    def test_what_was_removed_meanwhile_is_gone(self, agency, member, waiting):
        delivery = (
            Delivery.objects.for_agency(agency).select_related("subscription__agency", "agency").first()
        )
        stale = Subscription.objects.for_agency(agency).select_related("agency").get()
        subscribing.remove(waiting, None)
        for deed in (
            lambda: subscribing.change(stale, None, whole=True),
            lambda: subscribing.renew_secret(stale, None),
            lambda: subscribing.remove(stale, None),
            lambda: replaying.send_waiting(stale, None),
            lambda: replaying.send_test(stale, None),
            lambda: replaying.replay(delivery, None),
        ):
            with pytest.raises(subscribing.Removed):
                deed()
        actions = AuditEntry.objects.for_agency(agency).values_list("action", flat=True)
        assert sorted(actions) == ["webhook.added", "webhook.removed"]
