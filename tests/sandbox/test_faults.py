"""The dial: each kind on the wire, for the calls that it was set for and as often as it was set."""

import http.client
import json
import threading
import time
import zlib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
import requests

from portal.sandbox import faults
from portal.sandbox.bomb import BLOCK_BYTES, BLOCKS, gzip_bomb
from portal.sandbox.faults import Dial, Fault
from portal.sandbox.messages import Answer
from portal.sandbox.routing import Route
from portal.sandbox.ts_immo import drift
from portal.sandbox.ts_immo.tickets import Ticket


def raw(box, path="/ts-immo/v1/estates", method="GET", body=None):
    """Status, headers and bytes as they come, with nothing decoded and nothing checked."""
    connection = http.client.HTTPConnection(urlsplit(box.url).netloc, timeout=10)
    connection.request(method, path, body, {"X-TS-IMMO-KEY": box.account("martin").key})
    return connection, connection.getresponse()


def test_every_kind_of_the_dial_is_tested_here():
    tested = {name for name in globals() if name.startswith("test_")}
    for kind in faults.KINDS | drift.KINDS:
        assert any(kind in name for name in tested) or kind in PLAIN, kind


PLAIN = {
    "error_500": (500, "Internal server error", "Internal Server Error"),
    "unavailable_503": (503, "Service temporarily unavailable", "Service Unavailable"),
    "wrong_key": (401, "Invalid or missing API key", "Unauthorized"),
    "forbidden": (403, "Your plan does not include this call", "Forbidden"),
    "not_found": (404, "Resource not found", "Not Found"),
    "message_string": (400, "One or more fields are invalid", "Bad Request"),
    "message_list": (400, ["One or more fields are invalid", "Please check your request"], "Bad Request"),
}


@pytest.mark.parametrize("kind", PLAIN)
def test_plain_errors(box, martin, kind):
    box.fault(kind, times=1)
    answer = martin.get("/estates")
    status, message, error = PLAIN[kind]
    assert answer.status_code == status
    assert answer.json() == {"statusCode": status, "message": message, "error": error}
    assert martin.get("/estates").status_code == 200


@pytest.mark.parametrize(
    ("value", "seconds"), [("3", "3"), ("0.2", "1"), ("", "30"), ("soon", "30"), ("inf", "30")]
)
def test_throttled_with_seconds(box, martin, value, seconds):
    box.fault("throttled", times=1, value=value)
    answer = martin.get("/estates")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == seconds
    assert answer.json()["error"] == "Too Many Requests"


def test_throttled_until_a_date(box, martin):
    box.fault("throttled_until", value=60)
    answer = martin.get("/estates")
    assert answer.status_code == 429
    wait = parsedate_to_datetime(answer.headers["Retry-After"]) - datetime.now(UTC)
    assert 50 < wait.total_seconds() <= 60


def test_html_200(box, martin):
    box.fault("html_200")
    answer = martin.get("/estates")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.text.startswith("<!doctype html>")


@pytest.mark.parametrize("kind", ["not_json", "truncated_json"])
def test_not_json_and_truncated_json_arrive_whole_but_do_not_parse(box, martin, kind):
    box.fault(kind)
    answer = martin.get("/estates")
    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == len(answer.content) > 0
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.content)


def test_length_longer_than_the_body(box):
    box.fault("length_longer")
    connection, answer = raw(box)
    with pytest.raises(http.client.IncompleteRead) as cut:
        answer.read()
    assert json.loads(cut.value.partial)["total"] == 40
    connection.close()


def test_length_shorter_than_the_body(box):
    box.fault("length_shorter")
    connection, answer = raw(box)
    body = answer.read()
    assert len(body) == int(answer.headers["Content-Length"])
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)
    connection.close()


@pytest.mark.parametrize("value", ["https://evil.invalid/estates", ""])
def test_redirect(box, martin, value):
    box.fault("redirect", value=value)
    answer = martin.get("/estates")
    assert answer.status_code == 302
    assert answer.headers["Location"] == (value or "https://elsewhere.invalid/")


def test_gzip_bomb_is_small_and_says_that_it_is_gzip(box):
    box.fault("gzip_bomb")
    connection, answer = raw(box)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.read()) < 1_000_000
    connection.close()


def test_gzip_bomb_expands_to_hundreds_of_megabytes():
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
    size = len(unpack.decompress(gzip_bomb(), BLOCK_BYTES))
    while unpack.unconsumed_tail:
        size += len(unpack.decompress(unpack.unconsumed_tail, BLOCK_BYTES))
    assert unpack.eof  # the checksum and the length at the end are right
    assert size == BLOCK_BYTES * BLOCKS > 300_000_000


def test_endless_drips_until_the_caller_hangs_up(box):
    threads = threading.active_count()
    box.fault("endless")
    connection, answer = raw(box)
    assert answer.status == 200
    assert [answer.read(1) for _ in range(4)] == [b"[", b" ", b" ", b" "]
    answer.close()
    connection.close()
    deadline = time.monotonic() + 5
    while threading.active_count() > threads and time.monotonic() < deadline:
        time.sleep(0.02)
    assert threading.active_count() == threads


def test_slow(box, martin):
    box.fault("slow", value=150, times=1)
    started = time.monotonic()
    assert martin.get("/estates").status_code == 200
    assert time.monotonic() - started >= 0.15
    assert box.received[-1].milliseconds >= 150


@pytest.mark.parametrize(("kind", "opened"), [("dropped", 0), ("lost", 1)])
def test_dropped_does_nothing_and_lost_does_the_work(box, martin, kind, opened):
    box.fault(kind, operation="open_ticket", times=1)
    reporter = {"username": "a", "mail": "a@x.example", "display_name": "A"}
    body = {"domain": "x.example", "subject": "s", "message": "m", "reporter": reporter}
    with pytest.raises(requests.ConnectionError):
        martin.post("/support/", json=body)
    assert len(box.account("martin").tickets) == opened
    assert box.received[-1].status == 0
    assert martin.post("/support/", json=body).status_code == 200


TICKET = {
    "domain": "x.example",
    "subject": "s",
    "message": "m",
    "reporter": {"username": "a", "mail": "a@x.example", "display_name": "A"},
}
COMMENT = {"comment": "c", "reporter": TICKET["reporter"]}


def test_late_and_done_500_do_the_work_before_they_answer(box, martin):
    tickets = box.account("martin").tickets
    box.fault("late", operation="open_ticket", times=1, value=60_000)
    with pytest.raises(requests.ReadTimeout):
        martin.post("/support/", json=TICKET, timeout=0.3)
    assert len(tickets) == 1
    box.fault("done_500", operation="open_ticket", times=1)
    assert martin.post("/support/", json=TICKET).status_code == 500
    assert len(tickets) == 2


WRITES = {
    "open_ticket": ("/support/", {"json": TICKET}),
    "comment": ("/support/{id}/comment", {"json": COMMENT}),
    "close_ticket": ("/support/support/{id}/close", {"params": {"domain": "x.example"}}),
}


@pytest.mark.parametrize("operation", WRITES)
@pytest.mark.parametrize(
    ("kind", "done"), [("dropped", False), ("lost", True), ("late", True), ("done_500", True)]
)
def test_what_becomes_of_a_write_whose_answer_is_wrong(box, martin, operation, kind, done):
    ticket = Ticket("x.example", "s", "m", TICKET["reporter"], [])
    tickets = box.account("martin").tickets
    tickets[ticket.id] = ticket
    box.fault(kind, operation=operation, times=1, value=60_000)
    path, sent = WRITES[operation]
    try:
        status = martin.post(path.format(id=ticket.id), timeout=0.3, **sent).status_code
    except (requests.ConnectionError, requests.ReadTimeout):
        status = None
    assert status == (500 if kind == "done_500" else None)
    assert (len(tickets) == 2 or bool(ticket.comments) or ticket.status == "CLOSED") is done
    assert martin.post(path.format(id=ticket.id), **sent).status_code == 200


@pytest.mark.parametrize(("kind", "first"), [("unreadable_estate", None), ("estate_is_a_string", "estate")])
def test_unreadable_estate_and_estate_is_a_string_spoil_the_first_only(box, martin, kind, first):
    right = martin.get("/estates").json()
    box.fault(kind)
    spoilt = martin.get("/estates").json()
    assert (spoilt["data"][0]["id"] if first is None else spoilt["data"][0]) == first
    assert spoilt["data"][1:] == right["data"][1:]
    assert spoilt["total"] == right["total"]


@pytest.mark.parametrize("kind", drift.KINDS)
def test_faults_of_a_page_leave_other_answers_alone(box, martin, kind):
    estate = box.account("martin").estates[0]
    box.fault(kind)
    assert martin.get(f"/estates/{estate.id}").json()["id"] == estate.id
    assert martin.get("/estates", params={"page": 0}).status_code == 400
    assert martin.get("/estates", params={"query": "introuvable"}).json()["data"] == []


def test_duplicate_ids_repeat_the_last_of_each_page_and_lose_nothing(box, martin):
    box.fault("duplicate_ids")
    pages, page, total = [], 1, 1
    while (page - 1) * 10 < total:
        body = martin.get("/estates", params={"limit": 10, "page": page}).json()
        pages.append([estate["id"] for estate in body["data"]])
        total, page = body["total"], page + 1
    assert len(pages) == 5
    for one, following in pairwise(pages):
        assert one[-1] == following[0]
    assert {identity for ids in pages for identity in ids} == {e.id for e in box.account("martin").estates}


def test_a_fault_is_used_up(box, martin):
    box.fault("error_500", times=2)
    assert [martin.get("/estates").status_code for _ in range(3)] == [500, 500, 200]
    assert box.dial.current() == []


def test_faults_can_be_for_one_operation_method_or_path(box, martin):
    estate = box.account("martin").estates[0].id
    box.fault("error_500", operation="replay_estate")
    box.fault("forbidden", method="put")
    box.fault("unavailable_503", path="/ts-immo/v1/plugins/*")
    assert martin.get("/estates").status_code == 200
    assert martin.post(f"/estates/{estate}/replay").status_code == 500
    assert martin.put(f"/estates/{estate}/url", json={"url": "https://x.fr"}).status_code == 403
    assert martin.get("/plugins/plugins", params={"domain": "x.fr"}).status_code == 503
    box.clear_faults()
    assert martin.post(f"/estates/{estate}/replay").status_code == 200


def test_the_first_fault_that_fits_goes_first(box, martin):
    box.fault("error_500", times=1)
    box.fault("forbidden", times=1)
    assert [martin.get("/estates").status_code for _ in range(3)] == [500, 403, 200]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault("unheard_of"), "unknown fault"),
        (Fault("slow", times=0), "at least 1"),
        (Fault("redirect", value="x\r\nSet-Cookie: a"), "one line"),
    ],
)
def test_the_dial_refuses_nonsense(fault, words):
    dial = Dial(faults.KINDS)
    with pytest.raises(ValueError, match=words):
        dial.set(fault)
    assert dial.current() == []


def test_what_the_dial_shows_is_a_copy():
    dial = Dial(faults.KINDS)
    dial.set(Fault("slow", times=3))
    dial.current()[0].times = 99
    assert dial.current() == [Fault("slow", times=3)]


def test_many_callers_use_up_a_fault_exactly():
    dial = Dial(faults.KINDS)
    dial.set(Fault("slow", times=50))
    route = Route("o", "GET", "/o", lambda request, account: Answer())
    taken = []

    def take():
        taken.extend(dial.take(route, "/o") for _ in range(25))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(fault is not None for fault in taken) == 50


@pytest.mark.parametrize(
    ("value", "number"), [("2.5", 2.5), ("", 7), ("x", 7), ("-1", 7), ("nan", 7), ("inf", 7)]
)
def test_numbers_of_a_fault(value, number):
    assert Fault("slow", value=value).number(7) == number


def test_pictures_can_fail_too(box):
    estate = next(estate for estate in box.account("martin").estates if estate.mould.images)
    box.fault("error_500", operation="picture", times=1)
    url = f"{box.url}/pictures/martin/{estate.id}/1.jpg"
    assert [requests.get(url, timeout=10).status_code for _ in range(2)] == [500, 200]
