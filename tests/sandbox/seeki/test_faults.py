"""The faults that only Seeki has, and that the dial's common ones speak its language."""

import pytest
import requests

from portal.sandbox.seeki.spells import KINDS

from .conftest import listing, said
from .feeds import immobilie, openimmo

BATCH = [listing(number) for number in range(1, 5)]


def ids(entries):
    return [entry["external_id"] for entry in entries]


def test_every_kind_is_tested_here():
    tested = {name for name in globals() if name.startswith("test_")}
    assert [kind for kind in KINDS if not any(kind in name for name in tested)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_each_is_on_the_dial_and_leaves_nothing_behind(box, martin, account, kind):
    box.fault(kind, times=1)
    martin.listings(*BATCH)
    answer = martin.listings(*BATCH).json()
    assert ids(answer["accepted"]) == ["crm-1", "crm-2", "crm-3", "crm-4"]
    assert len(account.online) == 4
    assert [entry.fault for entry in box.received] == [kind, ""]


@pytest.mark.parametrize(
    ("kind", "code"), [("queue_rejected", "INFRA_QUEUE_REJECTED"), ("internal_error", "INTERNAL_ERROR")]
)
@pytest.mark.parametrize(("value", "hit"), [("", 4), ("2", 2), ("0", 0), ("9", 4)])
def test_queue_rejected_and_internal_error_reject_the_first_ones(
    box, martin, account, kind, code, value, hit
):
    box.fault(kind, value=value)
    answer = martin.listings(listing(0, price=None), *BATCH).json()
    assert [entry["error_code"] for entry in answer["rejected"]] == ["VALIDATION_FAILED", *[code] * hit]
    assert len(answer["accepted"]) == len(account.listings) == 4 - hit


def test_infra_lost_and_fails_later_accept_first(box, martin, account):
    box.fault("infra_lost", value="1", times=1)
    lost, fine = martin.listings(*BATCH[:2]).json()["accepted"]
    assert martin.status(lost["import_item_id"]).json()["error_code"] == "INFRA_LOST"
    assert martin.status(fine["import_item_id"]).json()["status"] == "completed"
    box.fault("fails_later", value="GEOCODE_ADDRESS_NOT_FOUND 1", times=1)
    later, fine = martin.listings(*BATCH[2:]).json()["accepted"]
    assert martin.status(later["import_item_id"]).json()["error_code"] == "GEOCODE_ADDRESS_NOT_FOUND"
    assert martin.status(fine["import_item_id"]).json()["status"] == "completed"
    assert set(account.listings) == {"crm-2", "crm-4"}
    assert said(martin.retry(later["import_item_id"])) == (409, "NOT_RETRYABLE")


def test_fails_later_without_a_code_or_with_one_nobody_knows(box, martin):
    for value, code in (("", "INTERNAL_ERROR"), ("SOMETHING_NEW", "SOMETHING_NEW")):
        box.fault("fails_later", value=value, times=1)
        [entry] = martin.listings(listing()).json()["accepted"]
        assert martin.status(entry["import_item_id"]).json()["error_code"] == code


def test_never_ends(box, martin, account):
    box.fault("never_ends", value="1", times=1)
    [endless, fine] = martin.listings(*BATCH[:2]).json()["accepted"]
    box.seeki.clock.move(days=30)
    assert martin.status(endless["import_item_id"]).json()["status"] == "processing"
    assert martin.status(fine["import_item_id"]).json()["status"] == "completed"
    assert set(account.listings) == {"crm-2"}


@pytest.mark.parametrize(("value", "left"), [("", 2), ("1", 3), ("4", 0)])
def test_half_answer_names_only_some_and_did_the_work(box, martin, account, value, left):
    box.fault("half_answer", value=value)
    answer = martin.listings(*BATCH, {}).json()
    assert (len(answer["accepted"]), len(answer["rejected"])) == (left, 1)
    assert len(account.listings) == 4


def test_duplicate_answer(box, martin, account):
    box.fault("duplicate_answer")
    answer = martin.listings(listing(1), listing(2, price="x")).json()
    assert (ids(answer["accepted"]), ids(answer["rejected"])) == (["crm-1"] * 2, ["crm-2"] * 2)
    assert account.listings["crm-1"].imports == 1


def test_other_dialect(box, martin):
    box.fault("other_dialect")
    lost = {"street": "Nowhere 1", "city": "Prague", "country_code": "CZ"}
    answer = martin.listings(
        listing(1), listing(2, images=["x"]), listing(3, address=lost, coordinates=None), 7
    ).json()
    assert answer["batch_id"] == 1
    assert answer["accepted"] == [{"external_id": "crm-1", "import_item_id": 1}]
    images, address, number = answer["rejected"]
    assert images == {
        "external_id": None,
        "errors": [{"path": "listings.1.images.0", "message": "Invalid url"}],
    }
    assert address["error_code"] == "GEOCODE_ADDRESS_NOT_FOUND"
    assert address["errors"][0]["path"] == "listings.2.address"
    assert number["errors"] == [{"path": "listings.3", "message": "Expected object"}]
    assert martin.status(1).json()["import_item_id"] == 1


def test_other_dialect_with_brackets(box, martin):
    box.fault("other_dialect", value="brackets")
    [rejected] = martin.listings(listing(images=["x"])).json()["rejected"]
    assert rejected["errors"][0]["path"] == "listings[0].images[0]"


def test_feeds_have_the_same_faults(box, martin):
    feed = openimmo(immobilie("a"), immobilie("b"))
    box.fault("queue_rejected", value="1", times=1)
    answer = martin.feed("/openimmo", feed).json()
    assert (ids(answer["accepted"]), ids(answer["rejected"])) == (["b"], ["a"])


COMMON = {
    "wrong_key": (401, "INVALID_KEY"),
    "forbidden": (403, "SUBSCRIPTION_INACTIVE"),
    "not_found": (404, "NOT_FOUND"),
    "error_500": (500, "INTERNAL_ERROR"),
    "unavailable_503": (503, "INTERNAL_ERROR"),
    "throttled": (429, "INFRA_QUEUE_REJECTED"),
    "message_string": (400, "VALIDATION_FAILED"),
}


@pytest.mark.parametrize("kind", COMMON)
def test_common_faults_come_in_seekis_form(box, martin, account, kind):
    box.fault(kind, times=1)
    assert said(martin.listings(listing())) == COMMON[kind]
    assert account.listings == {}


def test_what_was_done_stays_done_when_its_answer_gets_lost(box, martin, account):
    box.fault("lost", times=1)
    with pytest.raises(requests.ConnectionError):
        martin.listings(listing())
    assert set(account.online) == {"crm-1"}
