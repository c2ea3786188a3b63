import io
import json

import pytest
from django.core.management import CommandError, call_command

from estates.connections.models import Connection
from estates.jobs.models import Job

pytestmark = pytest.mark.django_db
COUNTS = {"received": 250, "stored": 250, "changed": 0, "unchanged": 0, "gone": 0, "rejected": 0}


def run(*args):
    out = io.StringIO()
    call_command("sync", *args, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_a_sync_runs_in_the_foreground_and_says_what_came_of_it(connection, box, agency):
    answer = json.loads(run("martin", "--json"))
    expected = {"system": "ts_immo", "kind": "catalogue.sync", **COUNTS, "status": "done", "error": ""}
    assert answer == {"runs": [expected]}
    again = json.loads(run("martin", "ts_immo", "--json"))["runs"][0]
    assert (again["stored"], again["unchanged"]) == (0, 250)
    assert Job.objects.for_agency(agency).filter(kind="catalogue.sync", status="done").count() == 2


def test_people_read_a_line_for_each_connection(connection, box, agency):
    assert run("martin") == (
        "ts_immo: done; 250 received, 250 stored, 0 changed, 0 unchanged, 0 gone, 0 rejected\n"
    )


def test_a_long_sync_is_worked_on_slice_after_slice(connection, box, settings):
    settings.JOB_SLICE_SECONDS = 0
    assert json.loads(run("martin", "--json"))["runs"][0]["stored"] == 250


@pytest.mark.parametrize(
    ("fault", "words"), [("wrong_key", "key"), ("error_500", ""), ("html_200", ""), ("truncated_json", "")]
)
def test_a_failure_is_reported_and_the_exit_says_so(connection, box, monkeypatch, fault, words):
    monkeypatch.setattr("estates.catalogue.reading.RETRIES", 0)
    box.fault(fault, operation="search_estates")
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("sync", "martin", "--json", stdout=out, stderr=io.StringIO())
    (result,) = json.loads(out.getvalue())["runs"]
    assert (result["status"], result["received"]) == ("failed", 0)
    assert result["error"]
    assert words in result["error"]
    assert "4f7c2a" not in out.getvalue()


def test_after_a_failure_a_person_may_try_at_once(connection, box, monkeypatch):
    monkeypatch.setattr("estates.catalogue.reading.RETRIES", 0)
    box.fault("error_500", operation="search_estates", times=1)
    with pytest.raises(CommandError):
        run("martin")
    assert json.loads(run("martin", "--json"))["runs"][0]["stored"] == 250


def test_an_empty_answer_is_no_failure_but_says_what_it_is(connection, box):
    box.account("martin").stock.empty = True
    assert json.loads(run("martin", "--json"))["runs"][0]["status"] == "empty"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody"], "no agency nobody"),
        (["martin", "seeki"], "seeki is not a system"),
        (["martin", "ts_immo", "nonsense"], "nonsense is not a system"),
    ],
)
def test_what_does_not_exist_is_named(connection, arguments, words):
    with pytest.raises(CommandError, match=words):
        run(*arguments)


def test_an_agency_without_a_connection_is_a_failure(agency, connection):
    Connection.objects.across_agencies().update(removed_at=connection.created_at)
    with pytest.raises(CommandError, match="has no connection to ts_immo"):
        run("martin")


def test_a_terminal_shows_a_bar(connection, box, monkeypatch, transactional_db):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    err = Terminal()
    box.latency = 0.3
    call_command("sync", "martin", stdout=io.StringIO(), stderr=err)
    assert "Ts-Immo · main [" in err.getvalue()
