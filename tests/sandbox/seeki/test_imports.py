"""What becomes of an import in time: queued, processed, published, expired, and imported once more."""

from datetime import timedelta

import pytest

from portal.sandbox.seeki.clock import Clock

from .conftest import listing, said

DAY = timedelta(days=1)


def test_without_a_delay_it_is_done_at_once(martin, account, imported):
    [item_id] = imported(listing())
    published = account.listings["crm-1"]
    assert martin.status(item_id).json() == {
        "import_item_id": item_id,
        "external_id": "crm-1",
        "status": "completed",
        "listing_id": published.listing_id,
    }
    assert published.payload == listing()
    assert (published.imports, published.online) == (1, True)
    assert published.expires_at - published.published_at == 60 * DAY


def test_with_a_delay_it_passes_through_its_states(box, martin, account, imported):
    account.delay = 60
    [item_id] = imported(listing())
    states = []
    for _ in range(3):
        body = martin.status(item_id).json()
        states.append((body["status"], body["listing_id"] is not None, len(account.listings)))
        box.seeki.clock.move(seconds=31)
    assert states == [("queued", False, 0), ("processing", False, 0), ("completed", True, 1)]


def test_it_is_published_when_it_ends_and_not_when_somebody_asks(box, account, imported):
    account.delay = 3_600
    before = box.seeki.clock.now()
    imported(listing())
    box.seeki.clock.move(days=10)
    published = account.listings["crm-1"]
    assert timedelta(hours=1) <= published.published_at - before < timedelta(hours=2)


def test_the_same_id_is_the_same_listing(box, martin, account, imported):
    imported(listing(), listing(price=5))
    before = account.listings["crm-1"]
    assert (before.payload["price"], before.imports) == (5, 2)
    box.seeki.clock.move(days=59)
    imported(listing(price=7))
    after = account.listings["crm-1"]
    assert len(account.listings) == 1
    assert (after.listing_id, after.payload["price"], after.imports) == (before.listing_id, 7, 3)
    assert 59 * DAY <= after.expires_at - before.expires_at < 60 * DAY


def test_sixty_days_after_the_last_import_it_is_offline(box, account, imported):
    imported(listing(1), listing(2))
    box.seeki.clock.move(days=30)
    imported(listing(2))
    box.seeki.clock.move(days=29.9)
    assert set(account.online) == {"crm-1", "crm-2"}
    box.seeki.clock.move(days=0.2)
    assert set(account.online) == {"crm-2"}
    assert {name: each.online for name, each in account.listings.items()} == {"crm-1": False, "crm-2": True}
    imported(listing(1))
    assert set(account.online) == {"crm-1", "crm-2"}


def test_a_rejected_listing_keeps_its_end(box, martin, account, imported):
    imported(listing())
    before = account.listings["crm-1"]
    box.seeki.clock.move(days=10)
    martin.listings(listing(price="many"))
    assert account.listings["crm-1"] == before


def test_retry_is_for_what_was_lost(box, martin, account, imported):
    box.fault("infra_lost", times=1)
    [item_id] = imported(listing())
    body = martin.status(item_id).json()
    assert (body["status"], body["error_code"], body["listing_id"]) == ("failed", "INFRA_LOST", None)
    assert "never recorded" in body["message"]
    assert martin.retry(item_id).json()["status"] == "completed"
    assert account.online
    assert said(martin.retry(item_id)) == (409, "NOT_RETRYABLE")


def test_retry_takes_its_time_and_may_be_lost_again(box, martin, account, imported):
    box.fault("infra_lost", times=1)
    [item_id] = imported(listing())
    account.delay = 60
    box.fault("infra_lost", operation="retry_import", times=1)
    assert martin.retry(item_id).json()["status"] == "queued"
    assert said(martin.retry(item_id)) == (409, "NOT_RETRYABLE")
    box.seeki.clock.move(seconds=61)
    assert martin.status(item_id).json()["error_code"] == "INFRA_LOST"
    martin.retry(item_id)
    box.seeki.clock.move(seconds=61)
    assert martin.status(item_id).json()["status"] == "completed"


@pytest.mark.parametrize("item_id", ["x", "0", "2", "00000000-0000-0000-0000-000000000000"])
def test_unknown_items(martin, imported, item_id):
    imported(listing())
    assert said(martin.status(item_id)) == said(martin.retry(item_id)) == (404, "NOT_FOUND")


def test_items_are_found_by_both_ids(martin, imported):
    [item_id] = imported(listing())
    assert martin.status(item_id.upper()).json() == martin.status("1").json()


def test_the_clock_goes_forward_only_and_is_not_the_portals(time_machine):
    clock = Clock()
    first = clock.now()
    clock.move(days=1, hours=2, seconds=3)
    assert DAY + timedelta(hours=2) < clock.now() - first < DAY + timedelta(hours=2, seconds=9)
    with pytest.raises(ValueError, match="forward only"):
        clock.move(days=-1)
    now = clock.now()
    time_machine.move_to(now + 300 * DAY)
    assert clock.now() - now < timedelta(seconds=9)


def test_both_environments_have_one_clock(box):
    box.seeki.clock.move(days=3)
    assert box.seeki_staging.clock.now() - box.seeki.clock.now() < timedelta(seconds=9)
