"""Tokens: fetched once for all, kept until shortly before their end, fetched anew once, shown to nobody."""

import base64
import json
import threading
import time
import traceback

import pytest

from estates.remotes.aviv import AvivClient
from estates.remotes.aviv_token import AvivCredential, OwnTokens, Token, parse_token
from estates.remotes.errors import Malformed, Refused, Unauthorised, Unreachable
from estates.remotes.secret import Secret

from ..misbehaving import MisbehavingServer, http

CREDENTIALS = {"client_id": "id-1", "client_secret": "Canary-secret-9b1e5d77", "intermediary_id": "FR-1"}
ISSUED = "Canary-issued-token-4f7c2a99"
NO_LEADS = http(404)


def issued(token=ISSUED, **more):
    return http(200, json.dumps({"access_token": token, "expires_in": 86_400, **more}).encode())


def fetches(box):
    return [entry for entry in box.received if entry.operation == "token"]


@pytest.fixture
def desk():
    """Where a test's client gets its tokens."""
    server = MisbehavingServer()
    yield server
    server.close()


@pytest.fixture
def exchanging(server, desk):
    server.answers(NO_LEADS)
    client = AvivClient(server.url, json.dumps(CREDENTIALS), token_url=desk.url)
    yield client
    client.close()


def test_one_token_serves_many_calls(connect, box, martin, week):
    client = connect(martin, credentials=True)
    martin.add_leads(3)
    for _ in range(3):
        assert len(client.leads(*week).leads) == 3
    [fetch] = fetches(box)
    assert fetch.json() == martin.credentials | {
        "grant_type": "client_credentials",
        "audience": box.aviv.url,
    }


def test_a_bare_token_is_used_as_it_is(connect, box, martin, week):
    connect(martin).leads(*week)
    assert fetches(box) == []


def test_a_token_is_renewed_shortly_before_its_end(connect, box, martin, week):
    martin.token_seconds = 2
    client = connect(martin, credentials=True)
    client.leads(*week)
    client.leads(*week)
    assert len(fetches(box)) == 1
    time.sleep(1.85)
    client.leads(*week)
    assert len(fetches(box)) == 2
    assert all(entry.status != 401 for entry in box.received)


def test_a_token_that_ended_early_is_renewed_once(connect, box, martin, week, answers):
    client = connect(martin, credentials=True, on_answer=answers.append)
    martin.add_leads(2)
    client.leads(*week)
    martin.end_tokens()
    assert len(client.leads(*week).leads) == 2
    assert len(fetches(box)) == 2
    assert [answer.status for answer in answers] == [200, 200]


def test_a_new_token_that_is_refused_is_not_renewed(connect, box, martin, week):
    client = connect(martin, credentials=True)
    box.fault("wrong_key", operation="leads")
    with pytest.raises(Unauthorised):
        client.leads(*week)
    assert len(fetches(box)) == 1
    with pytest.raises(Unauthorised):
        client.leads(*week)
    assert len(fetches(box)) == 2


def test_a_403_is_not_about_the_tokens_age(connect, box, martin, week):
    client = connect(martin, credentials=True)
    client.leads(*week)
    box.fault("forbidden", operation="leads")
    with pytest.raises(Unauthorised):
        client.leads(*week)
    assert len(fetches(box)) == 1


def test_a_bare_token_that_is_refused_stays_refused(box, week):
    with pytest.raises(Unauthorised, match="Invalid or missing bearer token"):
        AvivClient(box.aviv.url, "aviv_nobody").leads(*week)
    assert fetches(box) == []


def test_threads_fetch_one_token_between_them(connect, box, martin, week):
    client = connect(martin, credentials=True)
    martin.add_leads(1)
    found, gate = [], threading.Barrier(8)

    def work():
        gate.wait()
        found.append(len(client.leads(*week).leads))

    def together():
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    together()
    assert len(fetches(box)) == 1
    martin.end_tokens()
    together()
    assert found == [1] * 16
    assert len(fetches(box)) == 2


def test_clients_share_a_store(connect, box, martin, week):
    store = OwnTokens()
    for _ in range(3):
        connect(martin, credentials=True, tokens=store).leads(*week)
    assert len(fetches(box)) == 1
    riviera = box.aviv.accounts["riviera"]
    connect(riviera, credentials=True, tokens=store).leads(*week)
    assert len(fetches(box)) == 2


def test_a_changed_secret_asks_for_a_token_of_its_own():
    def name(**change):
        secret = Secret(json.dumps(CREDENTIALS | change))
        return AvivCredential.parse(secret).name("https://api.example/v1", "https://auth.example/token")

    assert name() == name()
    names = {name(), name(client_id="x"), name(client_secret="x"), name(intermediary_id="x")}
    assert len(names) == 4
    assert all("Canary" not in name and "FR-1" not in name for name in names)


@pytest.mark.parametrize("part", ["client_id", "client_secret", "intermediary_id"])
def test_wrong_credentials_are_a_matter_of_the_key(connect, box, martin, week, part):
    setattr(martin, part, "another")
    key = json.dumps(box.aviv.accounts["riviera"].credentials | {"client_id": martin.client_id})
    client = AvivClient(box.aviv.url, key, token_url=box.aviv.token_url)
    with pytest.raises(Unauthorised) as caught:
        client.leads(*week)
    assert caught.value.status in (401, 403)
    assert all(entry.operation == "token" for entry in box.received)


def test_a_400_about_the_client_is_a_matter_of_the_key(exchanging, desk, week):
    said = b'{"error": "invalid_client", "error_description": "Unknown client Canary-secret-9b1e5d77"}'
    desk.answers(http(400, said, traceparent="00-1-2-01"))
    with pytest.raises(Unauthorised, match="does not accept the credentials") as caught:
        exchanging.leads(*week)
    assert caught.value.words == "Unknown client [key removed]"
    assert (caught.value.status, caught.value.request_id) == (400, "00-1-2-01")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (http(400, b'{"error": "invalid_request"}'), Refused),
        (http(400, b"not json"), Refused),
        (http(404), Refused),
        (http(500), Unreachable),
        (http(200, b"[]"), Malformed),
        (http(200, b"<html>"), Malformed),
        (http(200, b'{"access_token": null}'), Malformed),
        (http(200, b'{"access_token": ""}'), Malformed),
        (http(200, b'{"access_token": "a\\nb"}'), Malformed),
        (http(200, json.dumps({"access_token": "x" * 9_000}).encode()), Malformed),
        (http(200, b"x" * 100_000), Malformed),
        (http(302, Location="https://elsewhere.example/"), Malformed),
    ],
)
def test_no_usable_token_is_an_error_of_its_kind(exchanging, desk, server, week, answer, error, monkeypatch):
    monkeypatch.setattr("estates.remotes.exchange.time.sleep", lambda seconds: None)
    desk.answers(answer)
    with pytest.raises(error):
        exchanging.leads(*week)
    assert server.requests == []


def test_fetching_is_repeated_once_where_that_may_help(exchanging, desk, server, week, monkeypatch):
    monkeypatch.setattr("estates.remotes.exchange.time.sleep", lambda seconds: None)
    desk.answers(http(503), issued())
    exchanging.leads(*week)
    assert f"Bearer {ISSUED}".encode() in server.requests[0]


@pytest.mark.parametrize(
    ("life", "seconds"),
    [
        (86_400, 86_340),
        (10**15, 86_340),
        (100, 90),
        (0.5, 0.45),
        (None, 270),
        ("3600", 270),
        (-5, 270),
        (0, 270),
        (True, 270),
        ([], 270),
    ],
)
def test_how_long_a_token_is_used(life, seconds):
    token = parse_token({"access_token": "x", "expires_in": life})
    assert token.use_until - time.time() == pytest.approx(seconds, abs=1)


def test_a_token_past_its_use_is_not_used(exchanging, desk, server, week):
    desk.answers(issued("first-token-1", expires_in=1e-9), issued("second-token-2"))
    exchanging.leads(*week)
    exchanging.leads(*week)
    assert [b"first" in request or b"second" in request for request in server.requests] == [True, True]
    assert len(desk.requests) == 2


@pytest.mark.parametrize("form", ["plain", "base64", "hex", "json"])
def test_no_secret_shows_whatever_comes_back(exchanging, desk, server, week, caplog, form):
    """Neither the client's secret nor the token, in an error or the log, in whatever form it is echoed."""
    shown = {
        "plain": f"{ISSUED} {CREDENTIALS['client_secret']}",
        "base64": base64.b64encode(f"Bearer {ISSUED}:{CREDENTIALS['client_secret']}".encode()).decode(),
        "hex": ISSUED.encode().hex() + CREDENTIALS["client_secret"].encode().hex(),
        "json": "".join(f"\\u00{ord(c):02x}" for c in ISSUED),
    }[form]
    desk.answers(issued())
    for answer in (http(500, shown.encode()), http(206, b'{"items": [], "x": "%b"}' % shown.encode())):
        server.answers(answer)
        with pytest.raises((Unreachable, Malformed)) as caught:
            exchanging.leads(*week)
        seen = "".join(traceback.format_exception(caught.value)) + repr(caught.value.raw) + caught.value.words
        assert shown[-30:] not in seen + caplog.text
        assert shown[:20] not in seen + caplog.text


def test_nothing_that_is_printed_holds_a_secret(exchanging, desk, week, caplog):
    desk.answers(issued())
    exchanging.leads(*week)
    credential = AvivCredential.parse(Secret(json.dumps(CREDENTIALS)))
    token = Token(Secret(ISSUED), 0)
    shown = [exchanging, vars(exchanging), exchanging._bearer, credential, token, OwnTokens()]
    printed = "".join(map(repr, shown)) + caplog.text
    assert "Canary" not in printed


@pytest.mark.parametrize("text", ["abc.def-ghi", "Bearer abc.def-ghi"])
def test_a_bare_token_as_people_paste_it(text):
    credential = AvivCredential.parse(Secret(text))
    assert credential.token.reveal() == "abc.def-ghi"
    assert credential.client_secret is None
    with pytest.raises(ValueError, match="not exchanged"):
        credential.request("https://api.example")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "not readable as JSON"),
        ("{}", "no client_id"),
        (json.dumps(CREDENTIALS | {"client_secret": ""}), "no client_secret"),
        (json.dumps(CREDENTIALS | {"client_secret": 5}), "no client_secret"),
        (json.dumps(CREDENTIALS | {"intermediary_id": " "}), "no intermediary_id"),
        (json.dumps(CREDENTIALS | {"Canary-field": "x"}), "1 more field"),
        (json.dumps(CREDENTIALS | {"client_secret": "Canary\n"}), "printable ASCII"),
        ("Bearer", None),
    ],
)
def test_credentials_that_cannot_be_read_are_refused_without_being_quoted(text, complaint):
    if complaint is None:
        assert AvivCredential.parse(Secret(text)).token.reveal() == text
        return
    with pytest.raises(ValueError, match=complaint) as caught:
        AvivClient("https://api.example/v1", text, token_url="https://auth.example/token")
    assert (
        "Canary"
        not in "".join(traceback.format_exception(caught.value, chain=True)).partition("ValueError")[2]
    )


def test_credentials_need_somewhere_to_be_exchanged():
    with pytest.raises(ValueError, match="base URL"):
        AvivClient("https://api.example/v1", json.dumps(CREDENTIALS))
