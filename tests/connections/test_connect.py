import time

import pytest

from estates.connections.connect import KeyNotAccepted, connect
from estates.connections.models import Connection, Outcome, State
from estates.connections.probes import WHILE_SOMEBODY_WAITS
from estates.connections.store import LabelTaken
from estates.jobs.models import Job
from estates.remotes.exchange import Patience
from estates.remotes.secret import Secret
from tests.connections.conftest import KEY

pytestmark = pytest.mark.django_db

SHORT = Patience(connect=0.2, read=0.2, total=0.2)


def attempt(agency, owner, **changes):
    given = {"system": "ts_immo", "environment": "production", "label": "Lyon", "secret": Secret(KEY)}
    return connect(agency, owner, **(given | changes))


def test_an_accepted_key_is_stored_as_working_after_one_call(agency, owner, remote):
    connection = attempt(agency, owner)
    assert connection.state == State.WORKING
    assert remote.keys == [KEY]
    assert not Job.objects.for_agency(agency).exists()


def test_a_refused_key_is_not_stored_and_the_remote_says_why(agency, owner, remote):
    remote.refuses()
    with pytest.raises(KeyNotAccepted) as caught:
        attempt(agency, owner)
    assert caught.value.verdict.outcome == Outcome.UNAUTHORISED
    assert caught.value.verdict.words == "Invalid or missing API key"
    assert not Connection.objects.for_agency(agency).exists()


def test_insisting_stores_it_with_what_the_remote_said(agency, owner, remote):
    remote.refuses()
    connection = attempt(agency, owner, insist=True)
    assert (connection.state, connection.last_answer) == (State.FAILING, "Invalid or missing API key")


def test_insisting_on_a_good_key_stores_it_as_working(agency, owner, remote):
    assert attempt(agency, owner, insist=True).state == State.WORKING


@pytest.mark.parametrize("status", [500, 429, 404, 301])
def test_any_other_answer_stores_nothing_either(agency, owner, remote, status):
    remote.says(status, {"message": "not today"})
    with pytest.raises(KeyNotAccepted) as caught:
        attempt(agency, owner)
    assert not caught.value.verdict.accepts
    assert not Connection.objects.for_agency(agency).exists()


def test_nobody_there(agency, owner, remote):
    remote.stop()
    with pytest.raises(KeyNotAccepted) as caught:
        attempt(agency, owner)
    assert caught.value.verdict.outcome == Outcome.UNREACHABLE


def test_a_remote_that_takes_its_time_is_waited_for_five_seconds_at_most(agency, owner, remote, monkeypatch):
    assert WHILE_SOMEBODY_WAITS.total <= 5
    monkeypatch.setattr("estates.connections.probes.WHILE_SOMEBODY_WAITS", SHORT)
    remote.pause = 3
    began = time.monotonic()
    with pytest.raises(KeyNotAccepted) as caught:
        attempt(agency, owner)
    assert time.monotonic() - began < 2.5
    assert caught.value.verdict.outcome == Outcome.UNREACHABLE


def test_a_seeki_key_for_the_other_environment_is_refused_before_anything_is_sent(
    agency, owner, remote, settings
):
    settings.REMOTE_URLS = {**settings.REMOTE_URLS, ("seeki", "production"): remote.url}
    with pytest.raises(KeyNotAccepted) as caught:
        attempt(agency, owner, system="seeki", secret=Secret("seeki_test_0123456"))
    assert caught.value.verdict.outcome == Outcome.UNAUTHORISED
    assert remote.keys == []
    assert not Connection.objects.for_agency(agency).exists()


def test_sent_twice_it_is_stored_once(agency, owner, remote):
    attempt(agency, owner)
    with pytest.raises(LabelTaken):
        attempt(agency, owner)
    assert Connection.objects.for_agency(agency).count() == 1


def test_the_same_key_and_label_in_another_agency_are_its_own_business(agency, other_agency, owner, remote):
    first, second = attempt(agency, owner), attempt(other_agency, None)
    assert Connection.objects.for_agency(agency).get() == first
    assert Connection.objects.for_agency(other_agency).get() == second
