"""The doctor's verdicts, fault by fault, against a real server."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from estates.connections.doctor import Finding, examine, finding_of
from estates.connections.models import Connection, State
from estates.connections.store import store_key
from estates.remotes.answers import http_date
from estates.remotes.errors import (
    Malformed,
    NotFound,
    Refused,
    Throttled,
    Unauthorised,
    Unreachable,
    WrongEnvironment,
)
from estates.remotes.secret import Secret
from tests.connections.conftest import KEY

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)

MATRIX = [
    (None, None, Finding.HEALTHY),
    (None, timedelta(seconds=90), Finding.HEALTHY),
    (None, HOUR, Finding.CLOCK),
    (None, -HOUR, Finding.CLOCK),
    (Unauthorised("x", status=401), None, Finding.KEY),
    (Unauthorised("x", status=401), HOUR, Finding.CLOCK),
    (Unauthorised("x", status=403), None, Finding.RIGHTS),
    (WrongEnvironment("x"), None, Finding.ENVIRONMENT),
    (WrongEnvironment("x"), HOUR, Finding.ENVIRONMENT),
    (Throttled("x", wait=60, status=429), None, Finding.QUOTA),
    (Throttled("x", wait=60, status=429), HOUR, Finding.QUOTA),
    (Unreachable("x", status=500), None, Finding.DOWN),
    (Unreachable("x"), None, Finding.NETWORK),
    (Malformed("x", status=200), None, Finding.CONTRACT),
    (Refused("x", status=400), None, Finding.CONTRACT),
    (NotFound("x", status=404), None, Finding.CONTRACT),
]


@pytest.mark.parametrize(("error", "skew", "finding"), MATRIX)
def test_each_fault_has_its_verdict(error, skew, finding):
    assert finding_of(error, skew) == finding


def test_every_verdict_is_reached():
    assert {finding for *_, finding in MATRIX} | {Finding.NO_KEY, Finding.VAULT} == set(Finding)


def test_a_connection_in_order_is_so_with_evidence(connection, remote):
    found = examine(connection)
    assert (found.finding, found.certain, found.words) == (Finding.HEALTHY, True, "")
    assert found.evidence["status"] == 200
    assert found.evidence["last_success"] >= timezone.now() - timedelta(minutes=1)


def test_a_single_refusal_is_a_suspicion_and_the_third_a_certainty(connection, remote, monkeypatch):
    monkeypatch.setattr("estates.connections.record.REFUSAL_SPACING", timedelta())
    remote.refuses()
    found = [examine(connection) for _ in range(3)]
    assert {each.finding for each in found} == {Finding.KEY}
    assert [each.certain for each in found] == [False, False, True]
    assert [each.evidence["refusals_in_a_row"] for each in found] == [1, 2, 3]
    assert "Invalid or missing API key" in found[0].words
    assert Connection.objects.across_agencies().get().state == State.REFUSED


def test_a_remote_that_is_away(connection, remote):
    remote.stop()
    assert examine(connection).finding == Finding.NETWORK


def test_a_key_that_the_vault_cannot_open(connection, remote, settings):
    settings.VAULT_KEYS = ["bm90LXRoZS1rZXktbm90LXRoZS1rZXktbm90LXRoZS0="]
    assert examine(connection).finding == Finding.VAULT


def test_a_connection_without_a_key(connection, remote):
    connection.keys.all().delete()
    assert examine(connection).finding == Finding.NO_KEY


def test_a_seeki_key_of_the_other_environment_never_leaves(agency, owner):
    stored = store_key(
        agency,
        owner,
        system="seeki",
        environment="production",
        label="x",
        secret=Secret("seeki_test_0123456789abcdef"),
        verdict=None,
    )
    assert examine(stored).finding == Finding.ENVIRONMENT


class TestTheClock:
    def test_it_is_read_from_every_answer(self, connection, remote):
        remote.clock = HOUR
        found = examine(connection)
        assert found.finding == Finding.CLOCK
        assert abs(found.evidence["clock_ahead_seconds"] - 3600) < 5

    def test_a_date_that_is_none_says_nothing(self, connection, remote):
        remote.date = "yesterday"
        found = examine(connection)
        assert found.finding == Finding.HEALTHY
        assert "clock_ahead_seconds" not in found.evidence


class TestTheCommand:
    def test_it_tells_of_every_connection(self, connection, remote, capsys):
        call_command("doctor", "martin")
        assert "✓ martin: Ts-Immo · Lyon: In order." in capsys.readouterr().out

    def test_it_fails_where_one_is_ill_and_never_prints_the_key(self, connection, remote, capsys):
        remote.refuses()
        with pytest.raises(CommandError, match="1 of 1") as ended:
            call_command("doctor", "--json")
        assert ended.value.returncode == 1
        said = capsys.readouterr().out
        (told,) = json.loads(said)["connections"]
        assert (told["finding"], told["certain"], told["agency"]) == ("key", False, "martin")
        assert KEY not in said

    def test_another_agency_is_left_alone(self, other_agency, connection, remote, capsys):
        call_command("doctor", "riviera")
        assert capsys.readouterr().out == ""
        with pytest.raises(CommandError, match="There is no agency"):
            call_command("doctor", "nobody")


def test_a_date_of_a_header_is_read():
    now = datetime.now(UTC).replace(microsecond=0)
    assert http_date(format_datetime(now, usegmt=True)) == now
    assert http_date("Wed, 99 Foo") is None
    assert http_date(None) is None
