import threading
from datetime import timedelta

import pytest
from django.db import connection as database
from django.db import connections

from accounts.models import AuditEntry
from estates.connections.check import KIND, check_key, start_check
from estates.connections.clients import client_for
from estates.connections.models import ConnectionKey, Outcome, State
from estates.connections.replace import replace_key
from estates.connections.replacement import drop_replacement, use_replacement
from estates.connections.signals import connection_ready
from estates.connections.store import remove
from estates.connections.vault import unseal
from estates.jobs.models import Job, Status
from estates.jobs.work import run_now, work
from estates.remotes.secret import Secret
from estates.remotes.ts_immo import TsImmoClient
from tests.connections.conftest import KEY

pytestmark = pytest.mark.django_db
NEW = "tsi_live_new_9876543210_abcd"


def keys(connection):
    stored = ConnectionKey.objects.filter(connection=connection)
    return {key.standing: unseal(key.ciphertext).reveal() for key in stored}


def actions(agency):
    return [entry.action for entry in AuditEntry.objects.for_agency(agency).order_by("number")]


def test_the_old_key_stays_in_use_until_the_new_one_is_accepted(agency, owner, connection, remote):
    job = replace_key(connection, owner, Secret(NEW))
    assert keys(connection) == {"live": KEY, "pending": NEW}
    with client_for(connection, TsImmoClient) as client:
        client.search_estates(limit=1)
    assert run_now(job).status == Status.DONE
    assert keys(connection) == {"live": NEW}
    assert remote.keys == [KEY, NEW]
    connection.refresh_from_db()
    assert connection.state == State.WORKING
    assert actions(agency)[1:] == ["connection.replacement_stored", "connection.key_replaced"]
    assert AuditEntry.objects.for_agency(agency).get(action="connection.key_replaced").actor == owner


def test_a_refused_new_key_waits_with_the_remotes_words(agency, owner, connection, remote):
    remote.refuses()
    job = replace_key(connection, owner, Secret(NEW))
    work(job.pk)
    pending = connection.keys.get(standing="pending")
    assert (pending.outcome, pending.answer) == (Outcome.UNAUTHORISED, "Invalid or missing API key")
    assert pending.checked_at is not None
    connection.refresh_from_db()
    assert (connection.state, connection.refusals) == (State.WORKING, 0)
    assert keys(connection)["live"] == KEY
    job.refresh_from_db()
    assert job.error == "Invalid or missing API key"


def test_a_remote_that_is_away_is_asked_again(agency, owner, connection, remote):
    remote.fails()
    job = replace_key(connection, owner, Secret(NEW))
    work(job.pk)
    job.refresh_from_db()
    assert job.status == Status.WAITING
    remote.accepts()
    Job.objects.across_agencies().update(not_before=job.created_at)
    work(job.pk)
    assert keys(connection) == {"live": NEW}


def test_a_replacement_that_was_accepted_is_announced(agency, owner, connection, remote):
    heard = []

    def hear(sender, connection, actor, **kwargs):
        heard.append((connection.pk, actor, database.in_atomic_block))

    connection_ready.connect(hear)
    run_now(replace_key(connection, owner, Secret(NEW)))
    connection_ready.disconnect(hear)
    assert heard == [(connection.pk, owner, True)]


def test_a_second_replacement_takes_the_place_of_the_first(agency, owner, connection, remote):
    first = replace_key(connection, owner, Secret("tsi_live_first_0000"))
    second = replace_key(connection, owner, Secret(NEW))
    assert first.pk != second.pk
    run_now(first)
    assert keys(connection) == {"live": KEY, "pending": NEW}
    run_now(second)
    assert keys(connection) == {"live": NEW}
    assert remote.keys == [NEW]


def test_a_verdict_on_a_key_that_was_replaced_meanwhile_changes_nothing(agency, owner, connection, remote):
    replace_key(connection, owner, Secret("tsi_live_first_0000"))
    overtaken = connection.keys.select_related("connection__agency").get(standing="pending")
    replace_key(connection, owner, Secret(NEW))
    assert use_replacement(overtaken, owner, verdict=None) is False
    assert keys(connection) == {"live": KEY, "pending": NEW}


def test_insisting_puts_a_key_to_use_unchecked_once(agency, owner, connection, remote):
    replace_key(connection, owner, Secret(NEW))
    pending = connection.keys.get(standing="pending")
    assert use_replacement(pending, owner, verdict=None) is True
    assert use_replacement(pending, owner, verdict=None) is False
    connection.refresh_from_db()
    assert (connection.state, keys(connection)) == (State.UNCHECKED, {"live": NEW})
    assert actions(agency).count("connection.key_replaced") == 1


def test_the_check_of_a_key_put_to_use_meanwhile_is_a_check_of_the_key_in_use(
    agency, owner, connection, remote
):
    job = replace_key(connection, owner, Secret(NEW))
    use_replacement(connection.keys.get(standing="pending"), owner, verdict=None)
    run_now(job)
    connection.refresh_from_db()
    assert connection.state == State.WORKING
    assert keys(connection) == {"live": NEW}


def test_dropping(agency, owner, connection, remote):
    job = replace_key(connection, owner, Secret(NEW))
    assert drop_replacement(connection, owner) is True
    assert drop_replacement(connection, owner) is False
    assert run_now(job).status == Status.DONE
    assert keys(connection) == {"live": KEY}
    assert remote.keys == []
    assert actions(agency).count("connection.replacement_dropped") == 1


def test_removing_stops_a_waiting_check(agency, owner, connection, remote):
    job = replace_key(connection, owner, Secret(NEW))
    remove(connection, owner)
    assert run_now(job).status == Status.DONE
    assert keys(connection) == {}
    assert remote.keys == []
    assert replace_key(connection, owner, Secret(NEW)) is None


def test_checking_now_records_what_the_remote_says(agency, owner, connection, remote):
    job = start_check(connection.keys.get(), owner)
    assert (job.kind, job.title, job.asked_by) == (KIND, "Ts-Immo · Lyon", owner)
    assert start_check(connection.keys.get(), owner) == job
    assert run_now(job).status == Status.DONE
    remote.refuses()
    work(start_check(connection.keys.get(), owner).pk)
    connection.refresh_from_db()
    assert (connection.state, connection.refusals) == (State.FAILING, 1)
    assert connection.last_answer == "Invalid or missing API key"


def test_a_key_that_stays_refused_rings_the_alarm_after_three_checks(
    agency, owner, connection, remote, time_machine
):
    remote.refuses()
    job = start_check(connection.keys.get(), owner)
    for minute in range(1, 4):
        time_machine.move_to(job.created_at + timedelta(minutes=minute))
        work(job.pk)
    job.refresh_from_db()
    connection.refresh_from_db()
    assert (job.status, job.attempts) == (Status.FAILED, 3)
    assert (connection.state, connection.refusals) == (State.REFUSED, 3)


def test_a_job_of_another_agency_reaches_no_key(agency, other_agency, owner, connection, remote):
    stray = Job.objects.create(agency=other_agency, kind=KIND, params={"key": connection.keys.get().pk})

    class Held:
        job, agency, params = stray, other_agency, stray.params

    check_key(Held())
    assert remote.keys == []


@pytest.mark.django_db(transaction=True)
def test_two_owners_replacing_at_once_leave_one_replacement_and_the_key_in_use(
    agency, owner, connection, remote
):
    if database.vendor == "sqlite" and database.is_in_memory_db():
        pytest.skip("a database in memory has no two writers")
    start, failures = threading.Barrier(2), []

    def replace(secret):
        try:
            start.wait()
            replace_key(connection, owner, secret)
        except Exception as failure:
            failures.append(failure)
        finally:
            connections.close_all()

    given = [f"tsi_live_rival_{n}_000000" for n in range(2)]
    threads = [threading.Thread(target=replace, args=(Secret(key),)) for key in given]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    held = keys(connection)
    assert held["live"] == KEY
    assert held["pending"] in given
    for job in Job.objects.for_agency(agency):
        run_now(job)
    assert keys(connection) == {"live": held["pending"]}
