"""Who may call: keys, environments, subscriptions, and that nobody sees what is another's."""

import pytest

from portal.sandbox.seeki import environments

from .conftest import listing, said

CALLS = [
    ("POST", "/listings"),
    ("POST", "/openimmo"),
    ("POST", "/idealista"),
    ("GET", "/import-items/x/status"),
    ("POST", "/import-items/x/retry"),
]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_without_a_key(box, connect, method, path):
    answer = connect("").request(method, path)
    assert said(answer) == (401, "MISSING_AUTHORIZATION")
    assert set(answer.json()) == {"error_code", "message"}
    assert box.received[0].account == "no key"


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize(
    "header", ["Bearer seeki_live_nobody", "Basic x", "seeki_live_demo_martin_5ac91e", ""]
)
def test_with_a_wrong_one(connect, method, path, header):
    answer = connect("").request(method, path, headers={"Authorization": header})
    assert said(answer) == (401, "INVALID_KEY")


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_a_key_of_the_other_environment_is_unknown(box, connect, method, path):
    live, trial = box.seeki.accounts["martin"].key, box.seeki_staging.accounts["martin"].key
    assert said(connect(trial).request(method, path)) == (401, "INVALID_KEY")
    assert said(connect(live, box.seeki_staging).request(method, path)) == (401, "INVALID_KEY")
    assert [entry.account for entry in box.received] == ["unknown key …77b2", "unknown key …c91e"]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_without_a_subscription(account, martin, method, path):
    account.active = False
    assert said(martin.request(method, path)) == (403, "SUBSCRIPTION_INACTIVE")


def test_the_demo_keys():
    live, trial = environments()
    assert live.secrets() == ["seeki_live_demo_martin_5ac91e", "seeki_live_demo_riviera_e04f18"]
    assert trial.secrets() == ["seeki_test_demo_martin_0d77b2"]


def test_environments_and_accounts_have_nothing_in_common(box, connect, account, martin):
    accepted = martin.listings(listing()).json()["accepted"]
    trial = connect(system=box.seeki_staging)
    riviera = connect(box.seeki.accounts["riviera"].key)
    for other in (trial, riviera):
        assert said(other.status(accepted[0]["import_item_id"])) == (404, "NOT_FOUND")
        other.listings(listing(price=1))
    assert account.listings["crm-1"].payload["price"] == 320000
    assert box.seeki_staging.accounts["martin"].listings["crm-1"].payload["price"] == 1


def test_accounts_can_be_created(box, connect):
    account = box.seeki.create_account("dupont", key="seeki_live_of_dupont")
    assert connect(account.key).listings(listing()).status_code == 200
    assert account.name == "Dupont"
    assert box.seeki_staging.create_account("durand").key.startswith("seeki_test_")
    for slug, key in (("dupont", ""), ("new", "seeki_live_of_dupont")):
        with pytest.raises(ValueError, match="exists already"):
            box.seeki.create_account(slug, key=key)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/listings", 405),
        ("DELETE", "/listings", 405),
        ("POST", "/listings/", 404),
        ("DELETE", "/listings/crm-1", 404),
        ("GET", "/import-items/x", 404),
    ],
)
def test_there_is_nothing_else_and_no_delete(martin, method, path, status):
    answer = martin.request(method, path)
    assert (answer.status_code, answer.json()["error_code"]) == (status, "NOT_FOUND")
