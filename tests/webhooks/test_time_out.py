import pytest

from estates.webhooks import delivering
from estates.webhooks.kinds import EventType
from estates.webhooks.models import Attempt
from estates.webhooks.tell import tell
from tests.websites import by_hand

pytestmark = pytest.mark.django_db


def test_a_receiver_that_does_not_end_its_answer_in_time_has_not_taken_the_message(
    agency, receiver, subscribed, deliver, states, monkeypatch
):
    monkeypatch.setattr(delivering, "SECONDS", 0.5)
    subscribed(agency)
    receiver.answers("/passerelle", by_hand(b"HTTP/1.1 200 OK\r\n", 3.0))
    tell(agency, EventType.LEAD_CREATED, [1])
    deliver()
    assert states(agency) == [("waiting", 1)]
    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.reason) == (None, "time")
    assert attempt.seconds < 3
