import pytest

from accounts.actions import label
from accounts.audit import breaks
from accounts.models import AuditEntry
from estates.connections.models import Connection, ConnectionKey, Outcome, State
from estates.connections.replacement import lock
from estates.connections.signals import connection_ready
from estates.connections.store import LabelTaken, end_of, remove, rename, store_key
from estates.connections.vault import unseal
from estates.connections.verdict import Verdict
from estates.remotes.secret import Secret
from tests.connections.conftest import KEY

pytestmark = pytest.mark.django_db


def store(agency, actor, label="Lyon", verdict=None, **changes):
    given = {"system": "ts_immo", "environment": "production", "secret": Secret(KEY)} | changes
    return store_key(agency, actor, label=label, verdict=verdict, **given)


def actions(agency):
    return [entry.action for entry in AuditEntry.objects.for_agency(agency).order_by("number")]


@pytest.fixture
def announced():
    heard = []

    def hear(sender, connection, actor, **kwargs):
        heard.append((connection.pk, actor))

    connection_ready.connect(hear)
    yield heard
    connection_ready.disconnect(hear)


def test_a_stored_key_can_be_used_again_and_only_its_end_is_in_the_clear(agency, owner):
    connection = store(agency, owner)
    key = connection.keys.get()
    assert unseal(key.ciphertext).reveal() == KEY
    assert (key.last_four, key.stored_by, key.standing) == ("wxyz", owner, "live")
    assert KEY.encode() not in bytes(key.ciphertext)


@pytest.mark.parametrize(("key", "end"), [("x" * 11, ""), ("12345678abcd", "abcd"), ("ab", "")])
def test_of_a_short_key_not_even_the_end_is_kept(key, end):
    assert end_of(Secret(key)) == end


@pytest.mark.parametrize(
    ("verdict", "state", "refusals"),
    [
        (None, State.UNCHECKED, 0),
        (Verdict(Outcome.OK), State.WORKING, 0),
        (Verdict(Outcome.UNAUTHORISED, "No such key"), State.FAILING, 1),
        (Verdict(Outcome.UNREACHABLE), State.FAILING, 0),
        (Verdict(Outcome.MALFORMED, "hello"), State.FAILING, 0),
        (Verdict(Outcome.THROTTLED), State.UNCHECKED, 0),
        (Verdict(Outcome.REFUSED, "No such page"), State.UNCHECKED, 0),
    ],
)
def test_a_new_connection_shows_what_its_check_said(agency, owner, verdict, state, refusals):
    connection = store(agency, owner, verdict=verdict)
    assert (connection.state, connection.refusals) == (state, refusals)
    assert connection.last_outcome == (verdict.outcome if verdict else "")
    assert connection.last_answer == (verdict.words if verdict else "")
    assert (connection.last_used_at is None) is (verdict is None)
    assert (connection.last_success_at is None) is (state != State.WORKING)


def test_storing_leaves_a_trace_without_the_key_and_is_announced(agency, owner, announced):
    connection = store(agency, owner)
    entry = AuditEntry.objects.for_agency(agency).get(action="connection.stored")
    assert (entry.actor, entry.subject) == (owner, "Ts-Immo · Lyon")
    assert KEY not in str(entry.detail)
    assert announced == [(connection.pk, owner)]


def test_what_a_receiver_breaks_is_not_half_stored(agency, owner):
    def break_it(sender, **kwargs):
        raise RuntimeError("no room for a mirror")

    connection_ready.connect(break_it)
    try:
        with pytest.raises(RuntimeError, match="mirror"):
            store(agency, owner)
    finally:
        connection_ready.disconnect(break_it)
    assert not Connection.objects.for_agency(agency).exists()
    assert not ConnectionKey.objects.exists()
    assert actions(agency) == []


def test_a_label_stored_twice_is_refused_by_the_database_too(agency, owner, connection):
    with pytest.raises(LabelTaken):
        store(agency, owner)
    assert ConnectionKey.objects.count() == 1
    assert actions(agency) == ["connection.stored"]


def test_several_keys_of_one_system(agency, owner):
    assert {store(agency, owner, label).label for label in ("Lyon", "Nice", "Paris")} == {
        "Lyon",
        "Nice",
        "Paris",
    }


def test_renaming(agency, owner, connection):
    rename(connection, owner, "Lyon 2")
    assert str(connection) == "Ts-Immo · Lyon 2"
    entry = AuditEntry.objects.for_agency(agency).get(action="connection.renamed")
    assert (entry.subject, entry.detail) == ("Ts-Immo · Lyon 2", {"before": "Ts-Immo · Lyon"})


def test_renaming_to_the_same_name_changes_nothing(agency, owner, connection):
    rename(connection, owner, "Lyon")
    assert actions(agency) == ["connection.stored"]


def test_renaming_to_a_taken_name_changes_nothing(agency, owner, connection):
    store(agency, owner, "Nice")
    with pytest.raises(LabelTaken):
        rename(connection, owner, "Nice")
    assert connection.label == "Lyon"
    assert "connection.renamed" not in actions(agency)


def test_removing_deletes_the_keys_at_once_and_keeps_the_connection_for_what_hangs_on_it(
    agency, owner, connection
):
    remove(connection, owner)
    connection.refresh_from_db()
    assert connection.removed_at is not None
    assert not ConnectionKey.objects.exists()
    assert lock(connection) is None


def test_removing_twice_is_harmless_and_leaves_one_trace(agency, owner, connection):
    remove(connection, owner)
    remove(connection, owner)
    assert actions(agency) == ["connection.stored", "connection.removed"]
    assert list(breaks(agency)) == []


def test_the_trail_has_words_for_what_was_done(agency, owner, connection):
    rename(connection, owner, "Lyon 2")
    remove(connection, owner)
    assert [str(label(action)) for action in actions(agency)] == [
        "stored a key",
        "renamed a key",
        "removed a key",
    ]


def test_a_removed_label_may_be_stored_again(agency, owner, connection):
    remove(connection, owner)
    assert store(agency, owner).pk != connection.pk
