import threading
import time
from contextlib import closing

import pytest

from estates.catalogue.reading import AHEAD, PAGE_SIZE, pages
from estates.remotes.errors import Unreachable
from tests.catalogue.mirror.conftest import Listing, payload


def ids(reading):
    return [item.remote_id for page in reading for item in page.items]


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 1234])
def test_every_page_is_read_once_and_in_order(count):
    listing = Listing([payload(number) for number in range(count)])
    assert ids(pages(listing, 1, 10)) == [f"id-{number:05}" for number in range(count)]
    assert sorted(listing.asked) == list(range(1, max(1, -(-count // PAGE_SIZE)) + 1))


def test_a_reading_goes_on_from_any_page():
    listing = Listing([payload(number) for number in range(350)])
    assert ids(pages(listing, 3, 4)) == [f"id-{number:05}" for number in range(200, 350)]


def test_what_is_added_meanwhile_is_read_too():
    items = [payload(number) for number in range(250)]
    listing = Listing(
        items, between=lambda page: page == 2 and items.extend(payload(n) for n in range(250, 420))
    )
    assert len(ids(pages(listing, 1, 2))) == 420


def test_an_empty_page_ends_the_reading_whatever_the_total_says():
    listing = Listing([payload(number) for number in range(150)], total=10**9)
    assert len(ids(pages(listing, 1, 3))) == 150
    assert max(listing.asked) <= 3 + 3 * AHEAD


def test_pages_come_several_at_once_but_not_more_than_agreed():
    lock, now, most = threading.Lock(), 0, 0

    def count(page):
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.01)
        with lock:
            now -= 1

    listing = Listing([payload(number) for number in range(3000)], between=count)
    assert len(ids(pages(listing, 1, 4))) == 3000
    assert most == 4


def test_a_slow_taker_is_not_run_over():
    listing = Listing([payload(number) for number in range(9000)])
    with closing(pages(listing, 1, 3)) as reading:
        next(reading)
        next(reading)
        time.sleep(0.1)
        assert max(listing.asked) <= 2 + 3 * AHEAD


def test_an_error_rises_and_no_thread_is_left():
    def fail(page):
        if page == 7:
            raise Unreachable("gone")

    listing = Listing([payload(number) for number in range(2000)], between=fail)
    before = set(threading.enumerate())
    with pytest.raises(Unreachable):
        ids(pages(listing, 1, 5))
    assert {thread.name for thread in set(threading.enumerate()) - before} == set()


def test_a_remote_that_gives_less_per_page_than_asked_is_read_to_its_end(box):
    from estates.remotes.ts_immo import TsImmoClient

    class Meagre(TsImmoClient):
        def search_estates(self, **asked):
            return super().search_estates(**(asked | {"limit": 30}))

    client = Meagre(f"{box.url}/ts-immo/v1", "tsi_demo_martin_4f7c2a")
    with closing(client):
        assert len(set(ids(pages(client, 1, 4)))) == 250
