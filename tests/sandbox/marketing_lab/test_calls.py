"""The five operations over HTTP: who may call, what comes, what a pull does, and what is refused."""

import threading

import pytest
import requests

INVALID = {"valid": False, "error": "Invalid API Key"}


def ids(answer):
    return [item["action_id"] for item in answer.json()]


def test_regions_and_programmes_hang_together(ask):
    regions, programmes = ask("getRegions").json(), ask("getProgrammes").json()
    assert {"id": 30, "nom": "Occitanie"} in regions
    assert {"id": 145, "idRegion": 30, "nom": "Les Jardins de l'Aube"} in programmes
    assert {programme["idRegion"] for programme in programmes} == {region["id"] for region in regions}
    assert {key for item in regions for key in item} == {"id", "nom"}


def test_each_key_sees_its_own(box, ask, account):
    other = box.marketing_lab.accounts["riviera"]
    account.add_contacts(2)
    other.add_contacts(3)
    assert len(ask("readContacts").json()) == 2
    assert len(ask("pullContacts", key=other.key).json()) == 3
    assert len(ask("readContacts").json()) == 2
    assert ask("getRegions", key=other.key).json() != ask("getRegions").json()


def test_reading_changes_nothing(ask, account):
    added = account.add_contacts(3)
    first = ask("readContacts")
    assert ids(first) == added
    assert first.json() == ask("readContacts").json()
    assert ask("getPulledContacts").json() == []
    assert {item["date_pull"] for item in first.json()} == {None}


def test_a_pull_hands_over_once(ask, account):
    added = account.add_contacts(3)
    pulled = ask("pullContacts")
    assert ids(pulled) == added
    assert None not in {item["date_pull"] for item in pulled.json()}
    assert ask("pullContacts").json() == ask("readContacts").json() == []
    assert ask("getPulledContacts").json() == pulled.json()[::-1]
    later = account.add_contacts()
    assert ids(ask("pullContacts")) == later


def test_two_hundred_at_a_time_the_oldest_first(ask, account):
    added = account.add_contacts(450)
    assert ids(ask("readContacts")) == added[:200]
    assert [ids(ask("pullContacts")) for _ in range(4)] == [added[:200], added[200:400], added[400:], []]


def test_five_hundred_pulled_ones_those_pulled_last_first(ask, account):
    added = account.add_contacts(650)
    for _ in range(4):
        ask("pullContacts")
    assert ids(ask("getPulledContacts")) == added[:-501:-1]


def test_what_was_pulled_a_month_ago_is_out_of_reach(ask, account):
    account.add_contacts(2)
    ask("pullContacts")
    account.age_pulls(29.9)
    assert len(ask("getPulledContacts").json()) == 2
    recent = account.add_contacts()
    ask("pullContacts")
    account.age_pulls(0.2)
    assert ids(ask("getPulledContacts")) == recent
    assert ask("readContacts").json() == []


def test_many_pulls_at_once_share_the_contacts_out(ask, box, account):
    added = account.add_contacts(900)
    answers = []

    def pull():
        url, key = f"{box.url}/marketing-lab/api/v1", {"x-api-key": account.key}
        answers.append(ids(requests.post(url, json={"operation": "pullContacts"}, headers=key, timeout=10)))

    threads = [threading.Thread(target=pull) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(action for found in answers for action in found) == added
    assert sorted(map(len, answers)) == [0, 100, 200, 200, 200, 200]


@pytest.mark.parametrize("key", ["", "mlab_demo_nobody_000000", "tsi_demo_martin_4f7c2a"])
@pytest.mark.parametrize("operation", ["getRegions", "pullContacts", "dropDatabase"])
def test_a_stranger_learns_that_and_no_more(ask, account, key, operation):
    account.add_contacts()
    answer = ask(operation, key=key)
    assert (answer.status_code, answer.json()) == (401, INVALID)
    assert len(account.all_ready()) == 1


def test_the_key_may_stand_in_the_body_where_the_header_has_none(ask, account):
    account.add_contacts()
    assert len(ask("pullContacts", key="", **{"x-api-key": account.key}).json()) == 1
    assert ask("readContacts", key="wrong", **{"x-api-key": account.key}).status_code == 401
    for odd in (7, None, [account.key], "\ud800", f"{account.key}é"):
        assert ask("readContacts", key="", **{"x-api-key": odd}).status_code == 401


@pytest.mark.parametrize(
    ("body", "headers", "words"),
    [
        (b"", {}, "Unknown operation"),
        (b"{", {}, "Unknown operation"),
        (b'["readContacts"]', {}, "Unknown operation"),
        (b'{"operation": "pullcontacts"}', {}, "Unknown operation"),
        (b'{"operation": ["pullContacts"]}', {}, "Unknown operation"),
        (b'{"operation": {}}', {}, "Unknown operation"),
        (b"[" * 100_000, {}, "Unknown operation"),
        (b'{"operation": "pullContacts", "limit": 5}', {}, "Unknown parameter: limit"),
        (b'{"operation": "pullContacts"}', {"Content-Type": "text/plain"}, "Content-Type must be"),
    ],
)
def test_what_the_document_does_not_know_is_refused_and_pulls_nothing(box, account, body, headers, words):
    account.add_contacts()
    headers = {"x-api-key": account.key, "Content-Type": "application/json"} | headers
    answer = requests.post(f"{box.url}/marketing-lab/api/v1", data=body, headers=headers, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["valid"] is False
    assert words in answer.json()["error"]
    assert len(account.all_ready()) == 1


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "", 405), ("PUT", "", 405), ("POST", "/", 404)]
)
def test_one_address_and_one_method(box, account, method, path, status):
    url = f"{box.url}/marketing-lab/api/v1{path}"
    answer = requests.request(method, url, headers={"x-api-key": account.key}, timeout=10)
    assert (answer.status_code, answer.json()["valid"]) == (status, False)


def test_the_log_tells_operations_apart_and_who_called(box, ask, account):
    ask("readContacts")
    ask("pullContacts", key="mlab_unknown_9876")
    ask("nothing")
    assert [(entry.system, entry.operation, entry.account, entry.status) for entry in box.received] == [
        ("marketing_lab", "read_contacts", "Agence Martin", 200),
        ("marketing_lab", "pull_contacts", "unknown key …9876", 401),
        ("marketing_lab", "unknown_operation", "Agence Martin", 400),
    ]
