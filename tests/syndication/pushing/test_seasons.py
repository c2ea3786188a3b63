"""Months of a plan, on moved clocks: nothing lapses because somebody forgot, and what lapses does on its day."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from estates.catalogue.models import Estate
from estates.jobs.models import OPEN, Job
from estates.jobs.work import work
from estates.syndication import keeping
from estates.syndication.models import Listing, Plan
from tests.syndication.pushing import making

DAY, STEP = timedelta(days=1), timedelta(hours=8)
COUNT = 12


@pytest.fixture
def pass_days(box, time_machine):
    """`for day in pass_days(60)` moves both clocks on in steps of eight hours, and does what the timer and the
    workers do; it gives how many days it has been after each.
    """

    def go(days: float) -> Iterator[float]:
        steps = round(days * DAY / STEP)
        for step in range(1, steps + 1):
            time_machine.move_to(timezone.now() + STEP)
            box.seeki.clock.move(hours=STEP.total_seconds() / 3600)
            keeping.keep()
            drain()
            yield step * STEP / DAY

    return go


def drain(rounds=4):
    """Works on what is in line; what was sent a moment ago is asked about a moment later."""
    for _ in range(rounds):
        jobs = Job.objects.across_agencies().filter(
            status__in=OPEN, not_before__lte=timezone.now() + DAY / 1440
        )
        ids = list(jobs.exclude(status="waiting").values_list("pk", flat=True))
        waiting = list(
            jobs.filter(status="waiting", not_before__lte=timezone.now()).values_list("pk", flat=True)
        )
        Job.objects.across_agencies().filter(pk__in=ids).update(not_before=timezone.now())
        soon = Listing.objects.across_agencies().filter(poll_at__lte=timezone.now() + DAY / 1440)
        soon.update(poll_at=timezone.now())
        if not sum(work(job) for job in ids + waiting):
            return


@pytest.fixture
def online(box):
    """The numbers of what is online at Seeki now."""
    return lambda: set(box.seeki.accounts["martin"].online)


@pytest.fixture
def imports(box):
    return lambda: {name: it.imports for name, it in box.seeki.accounts["martin"].listings.items()}


@pytest.fixture
def published(plan, box, pass_days, online):
    """So many listings, online since just now."""
    making.looked_at(making.listings(plan, making.estates(plan.agency, COUNT)))
    for _ in pass_days(0.25):
        assert len(online()) == COUNT
    return {f"estate-{number:05}" for number in range(COUNT)}


def rows_of(plan: Plan):
    return Listing.objects.for_agency(plan.agency).filter(plan=plan)


def first_offline(pass_days, online, some: set[str], days: float) -> dict[str, datetime]:
    """When each of them was first seen to be gone."""
    gone: dict[str, datetime] = {}
    for _ in pass_days(days):
        for name in some - online() - gone.keys():
            gone[name] = timezone.now()
    return gone


def test_in_five_days_nothing_unchanged_is_sent_again(plan, published, pass_days, online, imports):
    for _ in pass_days(5):
        assert online() == published
    assert set(imports().values()) == {1}


def test_in_five_months_nothing_lapses(plan, published, pass_days, online, imports):
    for _ in pass_days(145):
        assert online() == published
    assert set(imports().values()) == {5}
    assert min(rows_of(plan).values_list("live_until", flat=True)) > timezone.now() + 25 * DAY
    assert not keeping.lapsing_soon(plan.agency).exists()


@pytest.mark.parametrize("fault", ["unavailable_503", "dropped", "wrong_key", "not_json"])
def test_ten_days_without_seeki_around_the_refresh_cost_nothing(
    plan, published, pass_days, online, imports, box, fault
):
    for day in pass_days(70):
        if day == 25:
            box.fault(fault)
        if day == 35:
            box.clear_faults()
        assert online() == published
        if day == 37:
            assert set(imports().values()) == {2}
    assert min(rows_of(plan).values_list("live_until", flat=True)) > timezone.now() + 20 * DAY


def test_an_outage_in_the_middle_of_imports_costs_nothing(plan, published, pass_days, online, box):
    account = box.seeki.accounts["martin"]
    account.delay = 3 * 3600
    for day in pass_days(75):
        if day == 30:
            box.fault("unavailable_503", operation="import_status")
        if day == 40:
            box.clear_faults()
        assert online() == published
    assert set(rows_of(plan).values_list("stage", flat=True)) <= {"done", "processing"}


def test_imports_that_never_end_at_the_refresh_cost_nothing(plan, published, pass_days, online, box):
    for day in pass_days(70):
        if day == 29:
            box.fault("never_ends", operation="send_listings")
        if day == 45:
            box.clear_faults()
        assert online() == published


def test_a_refusal_at_the_refresh_is_tried_again_in_time(plan, published, pass_days, online, imports):
    name = "estate-00003"
    for day in pass_days(62):
        if day == 29:
            Estate.objects.for_agency(plan.agency).filter(remote_id=name).update(price=None)
        if day == 40:
            listing = rows_of(plan).get(external_id=name)
            assert (listing.stage, listing.code) == ("refused", "VALIDATION_FAILED")
            assert listing.live_until > timezone.now()
            Estate.objects.for_agency(plan.agency).filter(remote_id=name).update(price=5)
        assert online() == published
    assert imports()[name] == 2


def test_with_the_plan_off_everything_lapses_on_the_day_that_is_said(plan, published, pass_days, online):
    said = dict(rows_of(plan).values_list("external_id", "live_until"))
    Plan.objects.for_agency(plan.agency).update(active=False)
    gone = first_offline(pass_days, online, published, 61)
    assert gone.keys() == published
    for name, at in gone.items():
        assert timedelta() <= at - said[name] <= STEP
    assert not rows_of(plan).filter(live_since__isnull=False).exists()
    assert {row.events.filter(what="lapsed").count() for row in rows_of(plan)} == {1}


def test_switched_on_again_before_that_day_nothing_is_lost(plan, published, pass_days, online):
    for day in pass_days(70):
        if day == 20:
            Plan.objects.for_agency(plan.agency).update(active=False)
        if day == 55:
            assert keeping.lapsing_soon(plan.agency).count() == 0
            Plan.objects.for_agency(plan.agency).update(active=True)
            assert keeping.lapsing_soon(plan.agency).count() == COUNT
        assert online() == published


def test_what_nobody_wants_lapses_on_the_day_that_is_said_and_nothing_else_does(
    plan, published, pass_days, online
):
    list(pass_days(10))
    name = "estate-00007"
    rows_of(plan).filter(external_id=name).update(wanted=False, due_at=None)
    said = rows_of(plan).get(external_id=name).live_until
    gone = first_offline(pass_days, online, published, 55)
    assert gone.keys() == {name}
    assert timedelta() <= gone[name] - said <= STEP
