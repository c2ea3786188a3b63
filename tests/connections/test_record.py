import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from estates.connections.models import Connection, Outcome, State
from estates.connections.record import WRITE_EVERY, Recorder, note
from estates.connections.verdict import OUTCOMES, Verdict, verdict_of
from estates.remotes.answers import Answer
from estates.remotes.errors import (
    Malformed,
    NotFound,
    Refused,
    RemoteError,
    Throttled,
    Unauthorised,
    Unreachable,
)

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
REFUSED, OK = Verdict(Outcome.UNAUTHORISED, "No such key"), Verdict(Outcome.OK)


def answer(error=None, status=200):
    return Answer("search_estates", error.status if error else status, 0.1, "", error)


@pytest.fixture
def say(connection, db):
    key = connection.keys.get()

    def at(seconds, verdict):
        note(connection.pk, key.pk, verdict, NOON + timedelta(seconds=seconds))
        connection.refresh_from_db()
        return connection

    return at


@pytest.mark.parametrize("error", [*OUTCOMES, NotFound, RemoteError])
def test_every_error_has_an_outcome_and_keeps_the_remotes_words(error):
    verdict = verdict_of(error("ours", words="theirs " + "x" * 900))
    assert verdict.outcome in Outcome.values
    assert verdict.words.startswith("theirs")
    assert len(verdict.words) == 500
    assert not verdict.accepts


def test_no_error_is_acceptance():
    assert verdict_of(None).accepts


def test_one_refusal_is_no_alarm_three_in_a_row_are(say):
    assert say(0, REFUSED).state == State.FAILING
    assert say(60, REFUSED).state == State.FAILING
    assert say(120, REFUSED).state == State.REFUSED
    assert say(180, REFUSED).refusals == 4


def test_a_burst_of_refusals_counts_once(say):
    for tenth in range(10):
        connection = say(tenth / 10, REFUSED)
    assert (connection.refusals, connection.state) == (1, State.FAILING)


def test_a_success_in_between_starts_the_count_again(say):
    say(0, REFUSED)
    say(60, REFUSED)
    assert say(90, OK).state == State.WORKING
    assert say(120, REFUSED).refusals == 1


def test_a_success_after_the_alarm_ends_it(say):
    for minute in range(3):
        say(60 * minute, REFUSED)
    connection = say(300, OK)
    assert (connection.state, connection.refusals, connection.last_answer) == (State.WORKING, 0, "")
    assert connection.last_success_at == NOON + timedelta(seconds=300)


@pytest.mark.parametrize("outcome", [Outcome.UNREACHABLE, Outcome.MALFORMED])
def test_an_outage_fails_but_does_not_mend_a_refused_key(say, outcome):
    assert say(0, Verdict(outcome, "down")).state == State.FAILING
    for minute in range(1, 4):
        say(60 * minute, REFUSED)
    connection = say(600, Verdict(outcome, "down"))
    assert (connection.state, connection.last_answer) == (State.REFUSED, "down")


@pytest.mark.parametrize("outcome", [Outcome.THROTTLED, Outcome.REFUSED])
def test_what_says_nothing_about_the_connection_is_shown_without_a_change_of_state(say, outcome):
    connection = say(0, Verdict(outcome, "not now"))
    assert (connection.state, connection.last_outcome, connection.last_answer) == (
        State.WORKING,
        outcome,
        "not now",
    )
    assert connection.last_used_at == NOON


def test_an_answer_to_a_key_that_is_no_longer_in_use_is_forgotten(connection, say):
    before = connection.last_used_at
    connection.keys.update(standing="pending")
    assert say(0, REFUSED).last_used_at == before


def test_an_answer_to_a_removed_connections_key_is_forgotten(connection, say):
    key = connection.keys.get()
    connection.keys.all().delete()
    note(connection.pk, key.pk, REFUSED, NOON)
    connection.refresh_from_db()
    assert connection.state == State.WORKING


def test_noting_inside_a_transaction_that_may_be_rolled_back_is_a_mistake(say):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        say(0, OK)


def test_answers_that_change_nothing_but_the_time_are_written_once_in_five_seconds(
    connection, django_assert_num_queries, time_machine
):
    recorder = Recorder(connection.keys.get())
    time_machine.move_to(NOON, tick=False)
    recorder(answer())
    with django_assert_num_queries(0):
        for _ in range(20):
            recorder(answer())
    time_machine.move_to(NOON + WRITE_EVERY, tick=False)
    recorder(answer())
    connection.refresh_from_db()
    assert connection.last_used_at == NOON + WRITE_EVERY


def test_a_change_is_written_at_once(connection):
    recorder = Recorder(connection.keys.get())
    for error, state in [
        (None, State.WORKING),
        (Unreachable("x"), State.FAILING),
        (None, State.WORKING),
        (Malformed("x"), State.FAILING),
    ]:
        recorder(answer(error))
        connection.refresh_from_db()
        assert connection.state == state


def test_our_own_rate_limit_is_not_an_answer(connection, django_assert_num_queries):
    recorder = Recorder(connection.keys.get())
    with django_assert_num_queries(0):
        recorder(answer(Throttled("Our own rate limit leaves no turn in time")))
        recorder.flush()
    recorder(answer(Throttled("They ask", status=429)))
    connection.refresh_from_db()
    assert connection.last_outcome == Outcome.THROTTLED


def test_other_threads_only_hear_and_the_owner_writes(connection, django_assert_num_queries):
    recorder = Recorder(connection.keys.get())
    with django_assert_num_queries(0):
        threads = [
            threading.Thread(target=recorder, args=(answer(Unauthorised("x", words="No")),)) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    recorder.flush()
    connection.refresh_from_db()
    assert (connection.refusals, connection.last_answer) == (1, "No")


def test_what_other_threads_heard_is_written_in_order_with_the_owners_next_answer(connection):
    recorder = Recorder(connection.keys.get())
    recorder(answer())
    thread = threading.Thread(target=recorder, args=(answer(Refused("x", words="odd")),))
    thread.start()
    thread.join()
    recorder(answer())
    connection.refresh_from_db()
    assert connection.last_outcome == Outcome.OK
    with_nothing_new = Connection.objects.across_agencies().get(pk=connection.pk).last_used_at
    recorder.flush()
    connection.refresh_from_db()
    assert connection.last_used_at == with_nothing_new
