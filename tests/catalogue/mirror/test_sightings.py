from estates.catalogue.models import SyncRun
from estates.catalogue.sightings import BARREN_PAGES, Sightings
from estates.remotes.ts_immo_estates import EstatePage, UnreadableEstate
from tests.catalogue.mirror.conftest import remote


def page(*items, total=100):
    return EstatePage(tuple(items), total, 1, 100)


def unreadable(raw=b"7"):
    return UnreadableEstate(raw, "not an object", 0)


def test_every_estate_and_every_unreadable_item_is_seen_once():
    sightings = Sightings(SyncRun())
    estates, odd = sightings.take(page(remote(1), remote(2), unreadable(), remote(1), unreadable()))
    assert [estate.remote_id for estate in estates] == ["id-00001", "id-00002"]
    assert odd == [unreadable(), unreadable()]
    assert sightings.take(page(remote(2), unreadable(b"8"))) == ([], [unreadable(b"8")])
    assert len(sightings.seen) == 5
    assert sightings.run.entries == 7


def test_another_pass_meets_the_same_unreadable_items_again():
    sightings = Sightings(SyncRun(page=3))
    sightings.take(page(unreadable(), unreadable(), remote(1)))
    sightings.read_again()
    assert sightings.take(page(unreadable(), unreadable(), remote(1))) == ([], [])
    run = sightings.run
    assert (run.reading, run.page, run.entries, run.drifted) == (2, 1, 3, False)


def test_what_was_seen_survives_being_packed():
    sightings = Sightings(SyncRun())
    sightings.take(page(remote(1), remote(2, id='odd "\n\\ id é'), unreadable()))
    again = Sightings(SyncRun(seen=sightings.packed()))
    assert again.seen == sightings.seen
    assert again.missing(["id-00001", "id-00003"]) == ["id-00003"]


def test_shifting_pages_are_noticed():
    calm = Sightings(SyncRun())
    calm.take(page(remote(1), total=2))
    calm.take(page(remote(2), total=2))
    assert not calm.run.drifted
    assert calm.whole

    repeated = Sightings(SyncRun())
    repeated.take(page(remote(1)))
    repeated.take(page(remote(1)))
    assert repeated.run.drifted

    shrunk = Sightings(SyncRun())
    shrunk.take(page(remote(1), total=9))
    shrunk.take(page(remote(2), total=8))
    assert shrunk.run.drifted


def test_a_second_pass_has_shifted_when_it_finds_something_new():
    sightings = Sightings(SyncRun())
    sightings.take(page(remote(1)))
    sightings.read_again()
    sightings.take(page(remote(1)))
    assert not sightings.run.drifted
    sightings.take(page(remote(2)))
    assert sightings.run.drifted


def test_a_list_is_whole_when_as_many_entries_came_as_were_announced():
    sightings = Sightings(SyncRun())
    sightings.take(page(remote(1), unreadable(), total=3))
    assert not sightings.whole
    sightings.take(page(remote(1), total=3))
    assert sightings.whole


def test_a_remote_that_always_gives_the_same_page_is_seen_through():
    sightings = Sightings(SyncRun())
    for _ in range(BARREN_PAGES):
        assert not sightings.repeats_itself
        sightings.take(page(remote(1), total=10**9))
    sightings.take(page(remote(1), total=10**9))
    assert sightings.repeats_itself
