"""Remotes that contradict themselves, and things that change while a sync runs: nothing is lost by it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from estates.catalogue.models import Estate, EstatePayload, MirrorPlan, SyncRun
from estates.catalogue.plan import start_due_syncs, start_sync
from estates.connections.models import Connection, ConnectionKey
from estates.connections.replacement import use_replacement
from estates.connections.store import remove
from estates.connections.vault import seal
from estates.jobs.models import Job
from estates.jobs.relay import take_back
from estates.jobs.work import work
from estates.remotes.errors import Unreachable
from estates.remotes.secret import Secret
from estates.remotes.ts_immo_estates import EstatePage, parse_estate
from tests.catalogue.mirror.conftest import latest, payload

Status = SyncRun.Status


def held(connection) -> int:
    return Estate.objects.for_agency(connection.agency).filter(connection=connection, gone_at=None).count()


@pytest.mark.parametrize("total", [0, 1, 99, 120])
def test_a_total_that_is_too_small_hides_nothing(connection, listing, sync, total):
    """Entries beyond the total prove it wrong: reading goes on until a page is empty."""
    listing([payload(n) for n in range(350)], total=total)
    run = sync(connection)
    assert (run.received, held(connection)) == (350, 350)


@pytest.mark.django_db(transaction=True)  # many estates are written by threads, which see what is committed
@pytest.mark.parametrize("total", [351, 10**4, 2**31, 10**12 - 1])
def test_a_total_that_is_too_large_makes_a_sync_incomplete(connection, listing, sync, total):
    reading = listing([payload(n) for n in range(350)], total=total)
    run = sync(connection)
    assert (run.status, run.received, held(connection)) == (Status.PARTIAL, 350, 350)
    assert len(reading.asked) < 200
    reading.items = reading.items[:100]
    for _ in range(3):
        assert sync(connection).gone == 0
    assert held(connection) == 350


def test_a_total_that_is_another_on_each_page(connection, listing, sync):
    reading = listing([payload(n) for n in range(350)])

    def other(page: int) -> None:
        reading.total = 350 + (page * 7919) % 100 - 50

    reading.between = other
    sync(connection)
    assert held(connection) == 350


def test_one_id_with_two_contents_is_one_estate_and_does_not_change_each_time(connection, listing, sync):
    listing([payload(1, price=1), payload(2), payload(1, price=2)])
    assert sync(connection).stored == 2
    assert sync(connection).changed == 0
    assert held(connection) == 2


def test_two_accounts_may_use_the_same_ids(connection, listing, sync):
    second = Connection.objects.create(agency=connection.agency, system="ts_immo", label="second")
    listing([payload(n) for n in range(3)])
    sync(connection)
    listing([payload(n, title="other") for n in range(3)])
    sync(second)
    listing([payload(0, title="other")])
    for _ in range(2):
        sync(second)
    assert (held(connection), held(second)) == (3, 1)
    assert (
        not Estate.objects.for_agency(connection.agency).filter(connection=connection, title="other").exists()
    )


@pytest.mark.parametrize("name", ["..", "a/b?c#d", "%2e%2e", "é\u202e", "' OR 1=1 --", "\t\\N", "\u00a0x"])
def test_odd_ids_and_references_are_kept_as_they_are(connection, listing, sync, browser, name):
    listing([payload(1, id=f"{name}1", reference=name, title="\\N\t\\.\r\n" + name)])
    assert sync(connection).stored == 1
    assert sync(connection).changed == 0
    estate = Estate.objects.for_agency(connection.agency).get()
    assert estate.remote_id == f"{name}1".strip()
    for page in ("", f"{estate.pk}/", "export.csv", "export.xlsx"):
        answer = browser(connection.agency).get(f"/agencies/martin/estates/{page}")
        assert answer.status_code == 200
        answer.getvalue()


def test_an_estate_of_five_megabytes_is_kept_whole_and_shown_in_part(connection, listing, sync, browser):
    listing([payload(1, history=["é" * 1000] * 2500, deep=nested(200))])
    assert sync(connection).stored == 1
    estate = Estate.objects.for_agency(connection.agency).get()
    assert len(EstatePayload.objects.get(estate=estate).body.encode()) > 5_000_000
    page = browser(connection.agency).get(f"/agencies/martin/estates/{estate.pk}/")
    assert page.status_code == 200
    assert len(page.content) < 1_000_000


def nested(depth: int):
    return {"inner": nested(depth - 1)} if depth else "end"


def test_a_list_that_never_ends_ends(connection, listing, sync):
    """Each page is full of the same estates, for ever, and there is no total."""
    reading = listing([])
    page = tuple(parse_estate(payload(n)) for n in range(100))

    def endless(*, page: int, limit: int, **asked):
        reading.asked.append(page)
        return EstatePage(same, None, page, limit)

    same, reading.search_estates = page, endless
    run = sync(connection)
    assert run.received == 100
    assert len(reading.asked) < 200


def test_a_connection_removed_while_its_sync_runs_is_not_read_on(connection, listing, sync, member, settings):
    reading = listing([payload(n) for n in range(350)])
    reading.between = lambda page: page == 1 and remove(connection, member(connection.agency))
    settings.JOB_SLICE_SECONDS = 0
    run = sync(connection)
    job = Job.objects.for_agency(connection.agency).get(kind="catalogue.sync")
    assert job.status == "cancelled"
    assert run.status in (Status.RUNNING, Status.STOPPED)
    assert run.received < 350


def test_a_key_that_is_replaced_while_its_sync_runs_leaves_the_sync_alone(connection, listing, sync, member):
    new = ConnectionKey.objects.create(
        connection=connection, ciphertext=seal(Secret("tsi_another_key")), standing="pending"
    )
    reading = listing([payload(n) for n in range(350)])
    reading.between = lambda page: page == 1 and use_replacement(new, member(connection.agency), None)
    assert sync(connection).status == Status.DONE
    assert held(connection) == 350


def test_a_slow_worker_does_not_fail_the_run_of_the_one_that_took_over(connection, listing, settings):
    """Its job was taken back while it waited for a page; then the page does not come."""

    def slow(page: int) -> None:
        take_back(timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS + 1))
        raise Unreachable("down", words="too late")

    listing([payload(1)], between=slow)
    job = start_sync(connection)
    assert work(job.pk)
    assert (latest(connection).status, latest(connection).error) == (Status.RUNNING, "")


def test_a_thousand_connections_that_are_due_at_once(agency, django_assert_max_num_queries):
    long_ago = timezone.now() - timedelta(days=400)
    made = Connection.objects.across_agencies().bulk_create(
        Connection(agency=agency, system="ts_immo", label=str(n)) for n in range(1000)
    )
    MirrorPlan.objects.across_agencies().bulk_create(
        MirrorPlan(agency=agency, connection=connection, next_at=long_ago) for connection in made
    )
    assert start_due_syncs() == 1000
    assert start_due_syncs() == 0
    plans = MirrorPlan.objects.for_agency(agency)
    assert plans.filter(next_at__gt=timezone.now() + timedelta(minutes=13)).count() == 1000
    assert plans.values("next_at").distinct().count() > 900
    assert Job.objects.for_agency(agency).filter(status="queued").count() == 1000
