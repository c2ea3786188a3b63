"""Driving the simulated marketing-lab from the sandbox's page and from scripts."""

import pytest
import requests


@pytest.fixture
def drive(box):
    def post(**fields):
        return requests.post(f"{box.url}/__sandbox/contacts", json=fields, timeout=10)

    return post


def test_contacts_come_in(box, drive, ask, account):
    assert drive(account="martin", count=4).json() == {"done": 4}
    assert drive(account="martin").json() == {"done": 1}
    ask("pullContacts")
    drive(account="martin", count=2)
    assert len(account.all_ready()) == 2
    state = requests.get(f"{box.url}/__sandbox/state", timeout=10).json()
    assert state["marketing_lab"]["martin"] == {"contacts": 7, "ready": 2}
    page = requests.get(box.url, timeout=10).text
    assert "2 contacts ready, 5 pulled" in page


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"account": "nobody"}, 404), ({}, 404), ({"account": "martin", "count": 0}, 400)],
)
def test_nonsense_is_refused(drive, account, fields, status):
    assert drive(**fields).status_code == status
    assert account.contacts == []


def test_the_page_shows_the_operation_and_no_key(box, ask, account):
    ask("readContacts", key="", **{"x-api-key": account.key})
    page = requests.get(box.url, timeout=10).text
    assert "<td>read_contacts</td>" in page
    assert f"…{account.key[-4:]}" in page
    for secret in box.marketing_lab.secrets():
        assert secret not in page
