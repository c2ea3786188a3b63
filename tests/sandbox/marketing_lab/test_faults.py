"""The dial on calls that share one address, the faults of contacts alone, and that a pull stays a pull."""

import json
from datetime import datetime

import pytest
import requests

from portal.sandbox.marketing_lab.oddities import KINDS

NOT_READ = ["truncated_json", "length_longer", "length_shorter", "lost"]


def pulled(account):
    return [contact.action_id for contact in account.contacts if contact.pulled_at]


def test_a_fault_of_one_operation_leaves_the_others_alone(box, ask, account):
    account.add_contacts()
    box.fault("error_500", operation="pull_contacts", times=1)
    assert ask("readContacts").status_code == ask("getRegions").status_code == 200
    assert ask("pullContacts").status_code == 500
    assert pulled(account) == []
    assert ask("pullContacts").status_code == 200


@pytest.mark.parametrize("kind", NOT_READ)
def test_what_a_pull_marked_stays_marked_when_its_answer_gets_lost(kind, box, ask, account):
    added = account.add_contacts(3)
    box.fault(kind, operation="pull_contacts", times=1)
    with pytest.raises((requests.RequestException, json.JSONDecodeError)):
        ask("pullContacts").json()
    assert pulled(account) == added
    assert ask("pullContacts").json() == []
    assert sorted(item["action_id"] for item in ask("getPulledContacts").json()) == added


def test_a_call_that_never_arrived_marked_nothing(box, ask, account):
    account.add_contacts(3)
    box.fault("dropped", operation="pull_contacts", times=1)
    with pytest.raises(requests.ConnectionError):
        ask("pullContacts")
    assert pulled(account) == []


def test_errors_come_in_the_systems_own_form(box, ask):
    box.fault("wrong_key", times=1)
    answer = ask("getRegions")
    assert (answer.status_code, answer.json()["valid"]) == (401, False)


def test_every_kind_is_tested_here():
    tested = {name for name in globals() if name.startswith("test_")}
    assert [kind for kind in KINDS if not any(kind in name for name in tested)] == []


def test_valid_false_is_a_refusal_with_status_200_and_does_nothing(box, ask, account):
    account.add_contacts()
    box.fault("valid_false", value="Invalid API Key")
    answer = ask("pullContacts")
    assert (answer.status_code, answer.json()) == (200, {"valid": False, "error": "Invalid API Key"})
    assert pulled(account) == []


def test_contact_without_id_and_contact_is_a_string_spoil_the_first_only(box, ask, account):
    account.add_contacts(3)
    right = ask("readContacts").json()
    box.fault("contact_without_id", times=1)
    spoilt = ask("readContacts").json()
    assert "action_id" not in spoilt[0]
    assert spoilt[1:] == right[1:]
    box.fault("contact_is_a_string", times=1)
    assert ask("pullContacts").json()[0] == "contact"
    assert len(pulled(account)) == 3


def test_contact_twice(box, ask, account):
    account.add_contacts(2)
    box.fault("contact_twice", times=1)
    first, again, _ = ask("readContacts").json()
    assert first == again


def test_wild_contact_has_what_no_form_should_let_through(box, ask, account):
    account.add_contacts()
    box.fault("wild_contact")
    answer = ask("readContacts")
    assert b"\\u0000" in answer.content
    assert b"\\ud83d" in answer.content
    assert answer.json()[0]["prospect_telephone"] == "call me"


def test_long_message(box, ask, account):
    account.add_contacts()
    box.fault("long_message")
    assert len(ask("readContacts").json()[0]["action_commentaire"].encode()) == 1_000_000


def test_other_dates(box, ask, account):
    account.add_contacts(3)
    box.fault("other_dates")
    french, seconds, iso = [item["action_date"] for item in ask("readContacts").json()]
    assert datetime.strptime(french, "%d/%m/%Y %H:%M").year == datetime.now().year  # noqa: DTZ005, DTZ007
    assert abs(seconds - datetime.fromisoformat(iso).timestamp()) < 60


@pytest.mark.parametrize("kind", KINDS)
def test_faults_of_contacts_leave_other_answers_alone(kind, box, ask):
    right = [ask("getRegions").json(), ask("readContacts").json()]
    box.fault(kind)
    if kind != "valid_false":
        assert [ask("getRegions").json(), ask("readContacts").json()] == right
    assert ask("getRegions", key="x").status_code == (200 if kind == "valid_false" else 401)
