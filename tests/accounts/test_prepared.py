"""Statements that are planned once, and what they do where the server went away in between."""

from datetime import UTC, datetime

import pytest
from django.db import OperationalError, ProgrammingError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts import prepared
from tests.owning import owning

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite is a file, and goes nowhere"
)


def session() -> int:
    return prepared.ask("SELECT pg_backend_pid()", [])[0][0]


def hang_up() -> None:
    """The server ends this session behind its back, as when it restarts."""
    other: BaseDatabaseWrapper = connection.copy()
    with owning(other) as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    other.close()


@pytest.mark.django_db
def test_its_rows():
    assert prepared.ask("SELECT %s + 1, 'a'", [1]) == [(2, "a")]
    assert prepared.ask("SELECT 1 WHERE %s = 2", [1]) == []


@pytest.mark.django_db
def test_a_mistake_is_told_as_django_tells_it():
    with pytest.raises((ProgrammingError, OperationalError)), transaction.atomic():
        prepared.ask("SELECT nothing FROM nowhere", [])
    assert prepared.ask("SELECT 1", []) == [(1,)]


@on_postgresql
@pytest.mark.django_db
def test_dates_are_dates():
    moment = datetime(2026, 11, 28, 9, 30, 0, 5, tzinfo=UTC)
    assert prepared.ask("SELECT %s::timestamptz, '\\x01'::bytea", [moment]) == [(moment, b"\x01")]


@on_postgresql
@pytest.mark.django_db
def test_is_planned_once():
    own = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s AND statement NOT LIKE '%%prepared%%'"

    def kept(name: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(own, [f"%{name}%"])
            return cursor.fetchone()[0]

    for _ in range(10):
        prepared.ask("SELECT 1 AS often", [])
        prepared.ask("SELECT 1 AS anew", [], planned_once=False)
    assert (kept("often"), kept("anew")) == (1, 0)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_goes_on_in_a_new_session():
    before = session()
    hang_up()
    assert session() != before


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_not_in_the_middle_of_a_transaction():
    """Its earlier half would be missing."""

    def halves() -> None:
        with transaction.atomic():
            session()
            hang_up()
            session()

    with pytest.raises(OperationalError):
        halves()
    assert session()


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_what_answered_is_not_asked_whether_it_lives():
    connection.close_if_unusable_or_obsolete()
    prepared.ask("SELECT 1", [])
    assert connection.health_check_done
