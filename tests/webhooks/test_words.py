import pytest

from estates.remotes.errors import Reason
from estates.webhooks import words
from estates.webhooks.kinds import TEST, EventType
from estates.webhooks.models import Attempt


def said(status=None, reason="") -> str:
    return str(words.verdict(Attempt(status=status, reason=reason)))


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_its_own_words(reason):
    others = {said(reason=other) for other in Reason if other != reason}
    assert said(reason=reason) not in {*others, str(words.NO_ANSWER)}


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (200, words.TAKEN),
        (299, words.TAKEN),
        (308, words.REDIRECTS),
        (422, words.REFUSED),
        (410, words.STATUSES[410]),
        (599, words.BROKEN),
        (101, words.REFUSED),
    ],
)
def test_a_status_in_a_sentence(status, sentence):
    assert said(status) == str(sentence)


def test_no_answer_and_no_reason():
    assert said() == said(reason="unheard-of") == str(words.NO_ANSWER)


def test_statuses_as_the_web_writes_them():
    assert words.status_line(404) == "404 Not Found"
    assert words.status_line(599) == "599"


def test_events():
    assert words.event_label(EventType.LEAD_CREATED) == "A lead came in"
    assert words.event_label(TEST) == "Test message"
    assert words.event_label("lead.sold") == "lead.sold"


def test_every_noun_has_words():
    assert {event.noun for event in EventType} == words.NOUNS.keys()
