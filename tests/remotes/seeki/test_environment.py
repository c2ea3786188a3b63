"""A key for the wrong environment never leaves the machine."""

import pytest

from estates.remotes.errors import NotFound, Unauthorised, WrongEnvironment
from estates.remotes.secret import Secret
from estates.remotes.seeki import SeekiClient
from tests.remotes.misbehaving import http

WRONG = [("seeki_live_0123456789", "sandbox"), ("seeki_test_0123456789", "production")]
RIGHT = [
    ("seeki_live_0123456789", "production"),
    ("seeki_test_0123456789", "sandbox"),
    ("another_form_0123", "production"),
    ("another_form_0123", "sandbox"),
]


@pytest.mark.parametrize(("key", "environment"), WRONG)
@pytest.mark.parametrize("wrapped", [str, Secret])
def test_the_other_environments_key_makes_no_client(box, key, environment, wrapped):
    system = {"production": box.seeki, "sandbox": box.seeki_staging}[environment]
    with pytest.raises(WrongEnvironment) as caught:
        SeekiClient(f"{box.url}{system.base}", wrapped(key), environment)
    assert isinstance(caught.value, Unauthorised)
    assert not caught.value.retry_helps
    assert "0123456789" not in str(caught.value)
    assert box.received == []


@pytest.mark.parametrize(("key", "environment"), RIGHT)
def test_all_other_keys_are_let_through(server, key, environment):
    server.answers(http(200, b'{"status": "queued"}'))
    client = SeekiClient(server.url, key, environment)
    client.status("i-1")
    assert f"Authorization: Bearer {key}".encode() in server.requests[0]
    client.close()


def test_there_are_two_environments(server):
    with pytest.raises(ValueError, match="two environments"):
        SeekiClient(server.url, "seeki_live_0123456789", "staging")


@pytest.mark.parametrize("environment", ["production", "sandbox"])
def test_each_environment_knows_its_own_keys(box, environment):
    system = {"production": box.seeki, "sandbox": box.seeki_staging}[environment]
    client = SeekiClient(f"{box.url}{system.base}", system.accounts["martin"].key, environment)
    client.check_key()
    client.close()
    assert [(entry.system, entry.operation, entry.status) for entry in box.received] == [
        (system.name, "import_status", 404)
    ]


def test_checking_a_key_that_is_refused(box, martin):
    client = SeekiClient(f"{box.url}{box.seeki.base}", "seeki_live_nobody")
    with pytest.raises(Unauthorised, match="INVALID_KEY"):
        client.check_key()
    client.close()


def test_checking_a_key_at_an_address_that_is_not_seekis(lone, server):
    """A web page that is not found has nothing to say of a key."""
    server.answers(http(404, b"<html>Not found</html>"))
    with pytest.raises(NotFound):
        lone.check_key()


def test_a_key_is_checked_for_a_read_and_the_observer_hears_no_error(client, answers, martin):
    client.check_key()
    assert [(answer.operation, answer.status, answer.error) for answer in answers] == [
        ("import_status", 404, None)
    ]
    assert martin.items == []
