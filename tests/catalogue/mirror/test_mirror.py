import gc

import pytest

from estates.catalogue import finishing, mirror
from estates.catalogue.models import Estate, EstateChange, EstatePayload, RejectedEstate, SyncRun
from estates.catalogue.plan import start_sync
from estates.jobs.work import work
from tests.catalogue.mirror.conftest import job_of, latest, payload

pytestmark = pytest.mark.django_db


def estates(connection, **filters):
    return Estate.objects.for_agency(connection.agency).filter(connection=connection, **filters)


def present(connection):
    return estates(connection, gone_at=None).count()


def counts(run):
    return run.received, run.stored, run.changed, run.unchanged, run.gone, run.rejected


def lines(connection):
    rows = EstateChange.objects.for_agency(connection.agency).order_by("pk")
    return list(rows.values_list("field", "before", "after"))


# Against the sandbox ------------------------------------------------------------


def test_a_first_sync_stores_everything_and_the_next_one_writes_nothing(connection, box, sync):
    first = sync(connection)
    assert (first.status, counts(first)) == ("done", (250, 250, 0, 0, 0, 0))
    assert estates(connection).count() == EstatePayload.objects.count() == 250
    assert (first.total, first.seen) == (250, None)
    assert first.finished_at >= first.started_at
    job = job_of(first)
    assert (job.status, job.done, job.total) == ("done", 250, 250)
    second = sync(connection)
    assert (second.status, counts(second)) == ("done", (250, 0, 0, 250, 0, 0))
    assert not estates(connection).filter(changed_at__gte=second.started_at).exists()
    connection.refresh_from_db()
    assert connection.state == "working"


def test_changes_additions_and_removals_arrive(connection, box, sync):
    sync(connection)
    stock = box.account("martin").stock
    gone = stock.all()[17].id
    stock.remove(gone)
    stock.add(3)
    known = next(estate for estate in stock.all() if estate.price)
    stock.change(known.id, price=known.price + 1000)
    run = sync(connection)
    assert (run.status, counts(run)) == ("done", (252, 3, 1, 248, 0, 0))
    assert estates(connection, remote_id=gone).get().missed == 1
    run = sync(connection)
    assert counts(run) == (252, 0, 0, 252, 1, 0)
    assert estates(connection, remote_id=gone).get().gone_at is not None
    assert [field for field, _, _ in lines(connection)] == ["price", "gone"]


ODDITIES = {"unreadable_estate": 3, "estate_is_a_string": 3, "duplicate_ids": 0}


@pytest.mark.parametrize(("fault", "rejected"), ODDITIES.items())
def test_the_remotes_oddities_are_survived(connection, box, sync, fault, rejected):
    box.fault(fault, operation="search_estates")
    run = sync(connection)
    assert (run.status, run.received, run.rejected, run.stored) == ("done", 250, rejected, 250 - rejected)
    box.clear_faults()
    run = sync(connection)
    assert (run.status, run.received, present(connection), run.rejected) == ("done", 250, 250, 0)


@pytest.mark.parametrize("by", [7, -1])
def test_a_stock_that_changes_while_it_is_read_is_mirrored_in_the_end(connection, box, sync, by):
    stock = box.account("martin").stock
    stock.drift = by
    sync(connection)
    stock.drift = 0
    sync(connection)
    run = sync(connection)
    assert (run.status, run.received, present(connection)) == ("done", len(stock), len(stock))
    listed = {estate.id for estate in stock.all()}
    assert set(estates(connection, gone_at=None).values_list("remote_id", flat=True)) == listed


def test_an_outage_marks_nothing_and_keeps_the_remotes_words(connection, box, sync, monkeypatch):
    monkeypatch.setattr("estates.catalogue.reading.RETRIES", 0)
    sync(connection)
    box.fault("unavailable_503", operation="search_estates")
    for _ in range(3):
        job = start_sync(connection)
        type(job).objects.across_agencies().filter(pk=job.pk).update(not_before=job.created_at)
        work(job.pk)
        run = latest(connection)
        assert run.status == "failed"
        assert run.error
    assert present(connection) == 250
    assert not estates(connection).exclude(missed=0).exists()
    assert SyncRun.objects.for_agency(connection.agency).count() == 2
    box.clear_faults()
    type(job).objects.across_agencies().filter(pk=job.pk).update(not_before=job.created_at)
    work(job.pk)
    run = latest(connection)
    assert (run.status, run.error, counts(run)) == ("done", "", (250, 0, 0, 250, 0, 0))


# Against a list ------------------------------------------------------------


def some(count, start=0, **values):
    return [payload(number, **values) for number in range(start, start + count)]


def test_an_empty_answer_is_a_warning_and_deletes_nothing(connection, listing, sync):
    listing(some(30))
    sync(connection)
    for total in (0, 30):
        listing([], total=total)
        for _ in range(3):
            run = sync(connection)
            assert (run.status, run.received, run.gone) == ("empty", 0, 0)
    assert present(connection) == 30
    assert not estates(connection).exclude(missed=0).exists()


def test_a_list_shorter_than_announced_marks_nothing(connection, listing, sync):
    listing(some(230))
    sync(connection)
    listing(some(130), total=230)
    for _ in range(3):
        run = sync(connection)
        assert (run.status, run.gone) == ("partial", 0)
    assert present(connection) == 230
    assert not estates(connection).exclude(missed=0).exists()


def test_an_estate_is_gone_after_two_whole_syncs_in_a_row(connection, listing, sync):
    everything, without = some(40), some(39)
    listing(everything)
    sync(connection)
    for items in (without, everything, without):
        listing(items)
        assert sync(connection).gone == 0
    assert present(connection) == 40
    assert sync(connection).gone == 1
    assert (present(connection), lines(connection)) == (39, [("gone", "", "")])
    assert sync(connection).gone == 0
    listing(everything)
    run = sync(connection)
    assert (counts(run), present(connection)) == ((40, 0, 1, 39, 0, 0), 40)
    assert lines(connection) == [("gone", "", ""), ("back", "", "")]


def test_a_failed_sync_between_two_misses_counts_for_nothing(connection, listing, sync):
    listing(some(40))
    sync(connection)
    listing(some(39))
    sync(connection)
    listing([], total=0)
    assert sync(connection).status == "empty"
    assert present(connection) == 40


def test_a_small_stock_may_go_without_asking(connection, listing, sync):
    listing(some(9))
    sync(connection)
    listing(some(1))
    sync(connection)
    run = sync(connection)
    assert (run.status, run.gone, present(connection)) == ("done", 8, 1)


@pytest.mark.parametrize(("missing", "status"), [(10, "done"), (11, "asking")])
def test_more_than_a_tenth_asks_a_person_first(connection, listing, sync, missing, status):
    listing(some(100))
    sync(connection)
    listing(some(100 - missing))
    assert sync(connection).status == "done"
    run = sync(connection)
    assert run.status == status
    assert (run.gone, run.would_go) == ((missing, 0) if status == "done" else (0, missing))
    assert present(connection) == (100 - missing if status == "done" else 100)


def test_a_later_sync_overtakes_the_question(connection, listing, sync):
    listing(some(50))
    sync(connection)
    listing(some(20))
    sync(connection)
    first, second = sync(connection), sync(connection)
    first.refresh_from_db()
    assert (first.status, second.status) == ("overtaken", "asking")
    listing(some(50))
    run = sync(connection)
    second.refresh_from_db()
    assert (second.status, run.status, run.gone, present(connection)) == ("overtaken", "done", 0, 50)
    assert not estates(connection).exclude(missed=0).exists()


def test_items_that_cannot_be_read_are_set_apart_until_they_can(connection, listing, sync):
    odd = [None, 7, {"id": None, "title": "Sans id"}, {"id": "x" * 65}, "\ud83d\ude00 text"]
    listing([*some(20), *odd, *some(5, start=20)])
    run = sync(connection)
    assert (run.status, counts(run)) == ("done", (30, 25, 0, 0, 0, 5))
    rejects = RejectedEstate.objects.for_agency(connection.agency)
    assert rejects.count() == 5
    assert rejects.get(body__contains="Sans id").reason
    listing([*some(25), {"id": "id-00025", "title": "Sans id"}, 7])
    run = sync(connection)
    assert counts(run) == (27, 1, 0, 25, 0, 1)
    assert [reject.body for reject in rejects.all()] == ["7"]


def test_of_very_many_unreadable_items_only_some_are_kept(connection, listing, sync, monkeypatch):
    monkeypatch.setattr(mirror, "REJECTS_KEPT", 4)
    listing(some(3) + list(range(50)))
    run = sync(connection)
    assert (run.received, run.rejected) == (53, 50)
    assert RejectedEstate.objects.for_agency(connection.agency).count() == 4


def test_duplicates_are_stored_once(connection, listing, sync):
    listing(some(150) + some(50) + some(150))
    run = sync(connection)
    assert (run.status, run.received, run.stored, present(connection)) == ("done", 150, 150, 150)
    assert run.reading == 2


def test_an_estate_that_slips_between_two_pages_is_found_by_reading_again(
    connection, listing, sync, settings
):
    settings.CATALOGUE_FETCHES = 1
    items = some(400)

    def sold(page):
        if page == 3 and len(items) == 400:
            del items[10]

    made = listing(items, between=sold)
    run = sync(connection)
    assert run.status == "done"
    slipped = {payload(number)["id"] for number in range(400)} - {payload(10)["id"]}
    assert slipped <= set(estates(connection).values_list("remote_id", flat=True))
    assert made.asked.count(1) == run.reading >= 2


def test_a_list_that_never_stands_still_is_read_three_times_at_most(connection, listing, sync):
    items = some(300)

    def churn(page):
        items.insert(0, payload(1000 + len(made.asked)))

    made = listing(items, between=churn)
    run = sync(connection)
    assert run.status == "done"
    assert made.asked.count(1) == run.reading == 3


def test_a_remote_that_repeats_one_page_for_ever_is_given_up(connection, listing, sync, monkeypatch):
    monkeypatch.setattr("estates.catalogue.sightings.BARREN_PAGES", 10)
    made = listing(some(100), total=4_900)
    made.search_estates_once = made.search_estates
    made.search_estates = lambda page, **asked: made.search_estates_once(page=1, **asked)
    run = sync(connection)
    assert (run.status, run.received, present(connection)) == ("partial", 100, 100)
    assert len(made.asked) < 40


def test_what_the_database_cannot_hold_is_set_apart(connection, listing, sync, monkeypatch):
    from estates.catalogue import merge as merging

    honest = merging.rows_of

    def spoil(estates, *rest):
        if any(estate.remote_id == "id-00003" for estate in estates):
            raise ValueError("value too odd for this column")
        return honest(estates, *rest)

    monkeypatch.setattr(merging, "rows_of", spoil)
    listing(some(10))
    run = sync(connection)
    assert (run.status, counts(run)) == ("done", (10, 9, 0, 0, 0, 1))
    reject = RejectedEstate.objects.for_agency(connection.agency).get()
    assert (reject.reason, '"id":"id-00003"' in reject.body) == ("value too odd for this column", True)


# Slices, stops and crashes ------------------------------------------------------------


@pytest.fixture
def short_slices(settings):
    settings.JOB_SLICE_SECONDS = 0


def test_a_long_sync_works_in_slices_and_counts_right(connection, listing, sync, short_slices):
    made = listing([*some(450), 7, *some(100)])
    run = sync(connection)
    assert run.reading == 2
    assert (run.status, counts(run)) == ("done", (451, 450, 0, 0, 0, 1))
    assert present(connection) == 450
    assert job_of(run).events.filter(event="done").count() == 1
    assert len(made.asked) >= 12
    assert RejectedEstate.objects.for_agency(connection.agency).count() == 1
    assert SyncRun.objects.for_agency(connection.agency).count() == 1


def test_what_was_missed_is_known_across_slices(connection, listing, sync, short_slices):
    listing(some(300))
    sync(connection)
    listing(some(290))
    sync(connection)
    assert (sync(connection).gone, present(connection)) == (10, 290)


def test_a_cancelled_sync_ends_as_stopped_and_marks_nothing(connection, listing, sync, short_slices):
    listing(some(350))
    sync(connection)
    listing(some(340))
    sync(connection)
    job = start_sync(connection)
    work(job.pk)
    type(job).objects.across_agencies().filter(pk=job.pk).update(cancel_asked=True)
    work(job.pk)
    job.refresh_from_db()
    run = latest(connection)
    assert (job.status, run.status, present(connection)) == ("cancelled", "running", 350)
    listing(some(350))
    assert sync(connection).status == "done"
    run.refresh_from_db()
    assert run.status == "stopped"


def test_a_sync_that_is_cancelled_while_it_reads_says_so(connection, listing):
    def ask(page):
        if page == 1:
            type(job).objects.across_agencies().filter(pk=job.pk).update(cancel_asked=True)

    listing(some(50), between=ask)
    job = start_sync(connection)
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, latest(connection).status) == ("cancelled", "stopped")


def test_the_garbage_collector_is_left_as_it_was(connection, listing, sync):
    listing(some(120))
    sync(connection)
    assert gc.isenabled()
    listing(some(120), between=lambda page: 1 / (2 - page))
    work(start_sync(connection).pk)
    assert gc.isenabled()


def test_a_removed_connection_is_not_read(connection, listing):
    made = listing(some(5))
    job = start_sync(connection)
    type(connection).objects.across_agencies().update(removed_at=job.created_at)
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, made.asked) == ("cancelled", [])


CRASHES = (
    "begin",
    "read_pass",
    "save",
    "commit",
    "finish",
    "note_missing",
    "count_misses",
    "mark_gone",
    "overtake",
)


@pytest.mark.parametrize("step", CRASHES)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_anywhere_and_another_try_give_the_same_tables(
    connection, listing, sync, monkeypatch, step, when
):
    """A worker that dies leaves the transaction it was in undone and all earlier ones done."""
    listing(some(1150))
    sync(connection)
    changed = [*some(1100, status="sold", price=7), *some(120, start=2000), 7]
    listing(changed)
    sync(connection)
    module = mirror if hasattr(mirror, step) else finishing
    honest = getattr(module, step)

    class Died(Exception):
        pass

    def die(*args, **kwargs):
        monkeypatch.setattr(module, step, honest)
        if when == "after":
            honest(*args, **kwargs)
        raise Died

    monkeypatch.setattr(module, step, die)
    job = start_sync(connection)
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.error_kind) == ("waiting", "internal")
    type(job).objects.across_agencies().filter(pk=job.pk).update(not_before=job.created_at)
    work(job.pk)
    run = latest(connection)
    assert (run.status, run.gone) == ("done", 50)
    assert counts(run) == (1221, 0, 0, 1220, 50, 1)
    assert present(connection) == 1220
    fields = [field for field, _, _ in lines(connection)]
    assert [fields.count(name) for name in ("price", "status", "gone", "back")] == [1100, 1100, 50, 0]
    assert RejectedEstate.objects.for_agency(connection.agency).count() == 1
