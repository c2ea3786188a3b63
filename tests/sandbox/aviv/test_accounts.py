"""Who may call: tokens, credentials, two environments, and the rule of manners."""

import threading
import time

import pytest
import requests

from portal.sandbox import sandbox
from portal.sandbox.aviv.manners import Manners
from portal.sandbox.messages import Refusal


def ask(box, account, **change):
    body = account.credentials | {"grant_type": "client_credentials", "audience": account.address} | change
    body = {name: value for name, value in body.items() if value is not None}
    return requests.post(box.aviv.token_url, json=body, timeout=10)


def test_the_demo_keys_are_fixed():
    with sandbox(estates=0) as box, sandbox(estates=0, seed=7) as other:
        for slug in ("martin", "riviera"):
            account = box.aviv.accounts[slug]
            assert account.token.startswith(f"aviv_demo_{slug}_")
            assert account.token == other.aviv.accounts[slug].token
            assert account.credentials == other.aviv.accounts[slug].credentials
            assert account.token != box.aviv.trial.accounts[slug].token
        assert len(box.aviv.accounts["martin"].leads) == 60


@pytest.mark.parametrize("token", ["", "nobody", "aviv_demo_martin_"])
def test_without_a_token_nothing_works(caller, martin, week, token):
    for method, path in (("GET", "/leads"), ("POST", "/leads"), ("GET", "/webhook/subscriptions")):
        answer = caller(martin, token).request(method, path, params=week)
        assert answer.status_code == 401
        assert answer.json()["title"] == "Unauthorized"


def test_a_token_is_sent_as_bearer(box, martin, week):
    for value in (martin.token, f"Basic {martin.token}", f"bearer {martin.token}"):
        answer = requests.get(f"{martin.address}/leads", week, headers={"Authorization": value}, timeout=10)
        assert answer.status_code == 401


def test_agencies_and_environments_know_nothing_of_each_other(box, caller, martin, week):
    [lead_id] = martin.add_leads()
    riviera, trial = box.aviv.accounts["riviera"], box.aviv.trial.accounts["martin"]
    for account in (riviera, trial):
        assert caller(account).get("/leads", params=week).status_code == 404
        assert caller(account).get(f"/leads/{lead_id}").status_code == 404
        assert caller(account, martin.token).get("/leads", params=week).status_code == (
            401 if account is trial else 200
        )
    assert trial.address.endswith("/aviv/sandbox/seeker-leads/v1")


def test_credentials_are_exchanged_for_a_token(box, caller, martin, week):
    martin.add_leads(1)
    answer = ask(box, martin)
    assert answer.status_code == 200
    assert answer.json()["expires_in"] == 86_400
    token = answer.json()["access_token"]
    assert caller(martin, token).get("/leads", params=week).status_code == 200
    assert ask(box, martin).json()["access_token"] != token


def test_a_token_ends(box, caller, martin, week):
    martin.add_leads(1)
    martin.token_seconds = 0.3
    token = ask(box, martin).json()["access_token"]
    assert caller(martin, token).get("/leads", params=week).status_code == 200
    time.sleep(0.35)
    assert caller(martin, token).get("/leads", params=week).status_code == 401
    martin.token_seconds = 60
    token = ask(box, martin).json()["access_token"]
    martin.end_tokens()
    assert caller(martin, token).get("/leads", params=week).status_code == 401


def test_a_token_is_for_the_audience_that_it_was_asked_for(box, caller, martin, week):
    trial = box.aviv.trial.accounts["martin"]
    token = ask(box, trial).json()["access_token"]
    assert caller(trial, token).get("/leads", params=week).status_code == 404
    assert caller(martin, token).get("/leads", params=week).status_code == 401


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_id": "nobody"}, 401, "access_denied"),
        ({"client_secret": "wrong"}, 401, "access_denied"),
        ({"intermediary_id": "FR-OTHER"}, 403, "access_denied"),
        ({"audience": "https://api.elsewhere.example"}, 403, "access_denied"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_id": None}, 400, "invalid_request"),
        ({"intermediary_id": None}, 400, "invalid_request"),
        ({"audience": None}, 400, "invalid_request"),
        ({"scope": "x"}, 400, "invalid_request"),
    ],
)
def test_credentials_are_checked_to_the_letter(box, martin, change, status, error):
    answer = ask(box, martin, **change)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert martin.tokens == {}


@pytest.mark.parametrize("sent", [{"data": "a=b"}, {"data": b"{"}, {"json": []}])
def test_a_token_is_asked_for_in_json(box, sent):
    answer = requests.post(box.aviv.token_url, **sent, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_accounts_can_be_created(box, caller, week):
    account = box.aviv.create_account("dupont", leads=30)
    assert caller(account).get("/leads", params=week).status_code == 200
    assert "dupont" in box.aviv.trial.accounts
    with pytest.raises(ValueError, match="exists already"):
        box.aviv.create_account("dupont")


def test_the_eleventh_start_within_200_ms_is_refused_and_counted(box, caller, martin, week):
    martin.add_leads(1)
    calls, manners = caller(martin), box.aviv.manners
    assert manners.span == 0.2
    manners.span = 10
    statuses = [calls.get("/leads", params=week).status_code for _ in range(12)]
    assert statuses == [200] * 10 + [429] * 2
    assert manners.violations == 2
    refused = calls.get("/leads", params=week)
    assert refused.headers["Retry-After"] == "1"
    manners.span = 0.2
    time.sleep(0.2)
    assert calls.get("/leads", params=week).status_code == 200


def test_agencies_share_the_rule_and_environments_do_not(box, caller, martin, week):
    box.aviv.manners.span = 10
    callers = [caller(martin), caller(box.aviv.accounts["riviera"])]
    for number in range(11):
        callers[number % 2].get("/leads", params=week)
    assert box.aviv.manners.violations == 1
    caller(box.aviv.trial.accounts["martin"]).get("/leads", params=week)
    assert box.aviv.trial.manners.violations == 0


def test_the_eleventh_call_at_once_is_refused(box, caller, martin, week):
    box.latency = 0.5
    statuses = []

    def call():
        statuses.append(caller(martin).get("/leads", params=week).status_code)

    threads = [threading.Thread(target=call) for _ in range(10)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    assert caller(martin).get("/leads", params=week).status_code == 429
    for thread in threads:
        thread.join()
    assert statuses == [404] * 10
    assert box.aviv.manners.most_at_once == 11


def test_what_is_refused_counts_for_nothing_later():
    manners = Manners(span=0.5)
    for _ in range(10):
        with manners.call():
            pass
    for _ in range(5):
        with pytest.raises(Refusal), manners.call():
            pass
    time.sleep(0.51)
    with manners.call():
        pass
    assert (manners.violations, manners.most_starts, manners.most_at_once) == (5, 11, 1)
    manners.clear()
    assert (manners.violations, manners.most_starts) == (0, 0)


def test_the_log_names_the_caller_and_no_key(box, caller, martin, week):
    caller(martin).get("/leads", params=week)
    ask(box, martin)
    caller(martin, "nobody").get("/leads", params=week)
    caller(martin, "").get("/leads", params=week)
    requests.post(box.aviv.token_url, json={"client_id": "x"}, timeout=10)
    requests.post(box.aviv.token_url, data=b"{", timeout=10)
    assert [entry.account for entry in box.received] == [
        "Agence Martin",
        "Agence Martin",
        "unknown token",
        "no token",
        "unknown client",
        "unknown client",
    ]
    page = requests.get(box.url, timeout=10).text
    assert "Agence Martin at AVIV" in page
    for secret in box.aviv.secrets():
        assert secret not in page


def test_a_person_drives_it_from_the_page(box, martin):
    def drive(action, **fields):
        return requests.post(f"{box.url}/__sandbox/aviv/{action}", json=fields, timeout=10)

    assert drive("add", account="martin", count=3).json() == {"done": 3}
    first, _, third = (lead.id for lead in martin.leads.all())
    assert drive("erase", account="martin").json() == {"done": third}
    assert drive("erase", account="martin", lead=first).json() == {"done": first}
    assert [lead.erased for lead in martin.leads.all()] == [True, False, True]
    assert drive("erase", account="riviera").status_code == 404
    assert drive("add", account="nobody").status_code == 404
    token = ask(box, martin).json()["access_token"]
    assert drive("end-tokens", account="martin").json() == {"done": 0}
    assert not martin.accepts(token)
    state = requests.get(f"{box.url}/__sandbox/state", timeout=10).json()
    assert state["aviv"]["martin"] == {"leads": 3, "subscriptions": 0, "webhooks": 0}
    assert state["aviv_violations"] == 0
