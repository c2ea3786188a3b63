"""What the pages count."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from estates.syndication.models import Batch, Listing
from estates.syndication.pushing import figures
from estates.syndication.standings import Standing
from tests.syndication.pushing import making

WEDNESDAY = datetime(2026, 11, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
STAGE = Listing.Stage


@pytest.fixture
def several(plan):
    """One listing of each kind that is given."""
    number = iter(range(99))

    def make(*kinds):
        for kind in kinds:
            making.listings(
                plan, making.estates(plan.agency, 1, first=next(number)), **{"due_at": None} | kind
            )

    return make


def test_every_listing_has_one_standing(plan, several):
    now = timezone.now()
    live, over = {"live_until": now + DAY}, {"live_until": now - DAY}
    several(
        {"stage": "refused"},
        {"stage": "refused", **live},
        {"stage": "held"},
        {"stage": "due"},
        {"stage": "sending"},
        {"stage": "processing", **over},
        {"stage": "done", **live},
        {"stage": "done", "wanted": False, **live},
        {"stage": STAGE.NONE, "wanted": False, **over},
        {"stage": STAGE.NONE, "wanted": False},
    )
    assert figures.counts(plan) == {
        Standing.REFUSED: 2,
        Standing.HELD: 1,
        Standing.COMING: 3,
        Standing.LIVE: 1,
        Standing.LAPSING: 1,
        Standing.LAPSED: 1,
        Standing.OUT: 1,
    }


def test_counts_name_every_standing_in_the_order_of_the_page(plan, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert figures.counts(plan) == dict.fromkeys(Standing, 0)


def test_other_plans_are_not_counted(plan, other_agency, several):
    several({"stage": "held"})
    assert sum(figures.counts(making.plan(other_agency)).values()) == 0


def test_lapses_are_counted_by_weeks_of_the_agency(plan, several, time_machine):
    time_machine.move_to(WEDNESDAY, tick=False)
    sunday_night = datetime(2026, 11, 8, 22, 59, tzinfo=UTC)
    several(
        {"live_until": WEDNESDAY + timedelta(minutes=1)},
        {"live_until": sunday_night, "wanted": False},
        {"live_until": sunday_night + timedelta(minutes=1)},
        {"live_until": WEDNESDAY + 58 * DAY},
        {"live_until": WEDNESDAY - timedelta(minutes=1)},
        {},
    )
    weeks = figures.lapses_by_week(plan)
    assert len(weeks) == 10
    assert weeks[0] == (date(2026, 11, 2), 1, 1)
    assert weeks[1] == (date(2026, 11, 9), 1, 0)
    assert weeks[8] == (date(2026, 12, 28), 1, 0)
    assert sum(wanted + unwanted for _, wanted, unwanted in weeks) == 4


def test_a_listing_just_sent_is_within_the_weeks_shown(plan, several, time_machine):
    for day in range(7):
        time_machine.move_to(WEDNESDAY + day * DAY, tick=False)
        Listing.objects.across_agencies().all().delete()
        several({"live_until": timezone.now() + 60 * DAY})
        assert sum(wanted for _, wanted, _ in figures.lapses_by_week(plan)) == 1


def test_the_last_batches_come_newest_first_without_their_answers(plan, django_assert_num_queries):
    made = [
        Batch.objects.create(agency=plan.agency, plan=plan, items=n, size=n, answer=b"{}") for n in range(12)
    ]
    with django_assert_num_queries(1):
        found = list(figures.last_batches(plan))
        assert [batch.pk for batch in found] == [batch.pk for batch in reversed(made)][:10]
    assert found[0].get_deferred_fields() == {"answer"}
    assert len(figures.last_batches(plan, most=3)) == 3
