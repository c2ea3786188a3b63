"""The five operations: what goes over the wire, and each way in which an answer may go wrong."""

import json

import pytest

from estates.remotes.errors import Malformed, Refused, Throttled, Unauthorised, Unreachable
from estates.remotes.marketing_lab import OPERATIONS, MarketingLabClient
from estates.remotes.marketing_lab_answers import Programme, Region
from tests.remotes.misbehaving import MisbehavingServer, http

from .conftest import CALLS, DOCUMENTED, KEY, READS, ok

RESET = MisbehavingServer.RESET
WRONG_KEY = b'{"valid": false, "error": "Invalid API Key"}'
UNKNOWN = b'{"valid": false, "error": "Unknown operation"}'
CUT = json.dumps([DOCUMENTED, DOCUMENTED]).encode()[:-40]

FAILURES = {
    "401": (http(401, WRONG_KEY), Unauthorised, "Invalid API Key"),
    "a wrong key with 400": (http(400, WRONG_KEY), Unauthorised, "Invalid API Key"),
    "a wrong key with 200": (http(200, WRONG_KEY), Unauthorised, "Invalid API Key"),
    "an unknown operation with 400": (http(400, UNKNOWN), Refused, "Unknown operation"),
    "an unknown operation with 200": (http(200, UNKNOWN), Refused, "Unknown operation"),
    "not valid, no words": (http(200, b'{"valid": false}'), Refused, '{"valid": false}'),
    "an error that does not say valid": (http(200, b'{"error": "Oops", "data": []}'), Malformed, "Oops"),
    "500": (http(500, b'{"valid": false, "error": "later"}'), Unreachable, "later"),
    "429": (http(429, b"", Retry_After="7"), Throttled, ""),
    "a web page": (http(200, b"<html><title>Maintenance</title>"), Malformed, "Maintenance Maintenance"),
    "no list": (http(200, b'{"contacts": 7}'), Malformed, '{"contacts": 7}'),
    "null": (http(200, b"null"), Malformed, "null"),
    "empty": (http(200), Malformed, ""),
    "cut": (http(200, CUT), Malformed, CUT.decode()),
    "cut on the way": ([http(200, CUT, length=len(CUT) + 40), RESET], Malformed, CUT.decode()),
    "dropped": ([RESET], Unreachable, ""),
    "silence": ([2], Unreachable, ""),
    "redirect": (http(307, Location="https://evil.example/x"), Malformed, "https://evil.example"),
}


def sent(server, index=-1):
    head, _, body = server.requests[index].partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    return first, headers, json.loads(body)


@pytest.mark.parametrize("name", CALLS)
def test_one_address_the_operation_in_the_body_and_the_key_in_the_header(name, client, server, answers):
    server.answers(ok([]))
    operation, call = CALLS[name]
    call(client)
    first, headers, body = sent(server)
    assert first == "POST /v1 HTTP/1.1"
    assert headers["x-api-key"] == KEY
    assert headers["content-type"] == "application/json"
    assert body == {"operation": operation} == {"operation": OPERATIONS[name]}
    assert [(answer.operation, answer.error) for answer in answers] == [(name, None)]


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_is_of_its_kind_and_keeps_the_evidence(name, failure, client, server, answers, caplog):
    script, kind, words = FAILURES[failure]
    server.answers(script)
    with pytest.raises(kind) as caught:
        CALLS[name][1](client)
    assert type(caught.value) is kind
    assert caught.value.words == words
    assert len(server.requests) == 1
    assert [answer.error for answer in answers] == [caught.value]
    assert KEY not in caplog.text + str(caught.value)
    if "cut" in failure:
        assert caught.value.raw == CUT


def test_the_words_about_a_key_are_those_of_the_document_alone(client, server):
    server.answers(http(400, b'{"valid": false, "error": "Invalid API Key format in operation"}'))
    with pytest.raises(Refused) as caught:
        client.regions()
    assert type(caught.value) is Refused


@pytest.mark.parametrize("name", READS)
def test_what_only_reads_is_tried_again_where_that_was_asked_for(name, client, server, monkeypatch):
    monkeypatch.setattr("estates.remotes.exchange.FIRST_PAUSE", 0.01)
    server.answers(http(500), [RESET], ok([]))
    CALLS[name][1](client, retries=2)
    assert len(server.requests) == 3


def test_a_pull_cannot_be_tried_again(client, server):
    server.answers(http(500), ok([]))
    with pytest.raises(TypeError):
        client.pull_contacts(retries=1)
    with pytest.raises(Unreachable):
        client.pull_contacts()
    assert len(server.requests) == 1


@pytest.mark.parametrize("script", [[RESET], [http(200, CUT, length=9999), RESET]])
def test_a_pull_lost_on_a_connection_that_was_used_before_is_not_sent_again(script, client, server):
    server.answers(ok([]), script, ok([]))
    client.read_contacts()
    with pytest.raises((Unreachable, Malformed)):
        client.pull_contacts()
    assert server.connections == 1
    assert [sent(server, index)[2]["operation"] for index in range(len(server.requests))] == [
        "readContacts",
        "pullContacts",
    ]


def test_regions_and_programmes_of_the_document(client, server):
    server.answers(ok([{"id": 30, "nom": "Occitanie"}]), ok([{"id": 145, "idRegion": 30, "nom": "L'Aube"}]))
    assert client.regions() == (Region("30", "Occitanie", b'{"id":30,"nom":"Occitanie"}'),)
    assert client.programmes() == (
        Programme("145", "30", "L'Aube", b'{"id":145,"idRegion":30,"nom":"L\'Aube"}'),
    )


def test_odd_names_are_no_reason_to_lose_a_region(client, server):
    server.answers(ok([{"id": "a", "nom": None}, {"id": 2}, {"id": 3, "nom": ["x"]}]))
    assert [(region.remote_id, region.name) for region in client.regions()] == [
        ("a", ""),
        ("2", ""),
        ("3", ""),
    ]


@pytest.mark.parametrize("name", ["regions", "programmes"])
@pytest.mark.parametrize(
    "item", [{"nom": "Occitanie"}, {"id": 0}, {"id": True}, {"id": ""}, "Occitanie", None]
)
def test_a_region_or_programme_without_id_is_malformed(name, item, client, server):
    server.answers(ok([{"id": 30}, item]))
    with pytest.raises(Malformed, match="no usable id") as caught:
        CALLS[name][1](client)
    assert b'"id": 30' in caught.value.raw


def test_twenty_megabytes_come_in_and_more_does_not(server):
    client = MarketingLabClient(server.url, KEY)
    item = json.dumps(DOCUMENTED | {"message": "x" * 1_000_000}).encode()
    server.answers(
        http(200, b"[" + b",".join([item] * 19) + b"]"), http(200, b"[" + b",".join([item] * 21) + b"]")
    )
    batch = client.pulled_contacts()
    assert {len(contact.message) for contact in batch.contacts} == {1_000_000}
    with pytest.raises(Malformed, match="longer than 20000000"):
        client.pulled_contacts()
    client.close()
