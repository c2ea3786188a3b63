"""Forecast and answer, compared."""

from datetime import timedelta

import pytest
from django.utils import timezone

from estates.syndication.forecast.accuracy import Accuracy, accuracy
from estates.syndication.models import Listing, ListingEvent
from tests.syndication.judging.conftest import plan_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def happened(plan):
    """`happened("published", "ready")` is a line in the history of a listing."""
    listing = Listing.objects.create(agency=plan.agency, plan=plan, external_id="1")

    def add(what, predicted, code="", days=0, of=listing):
        event = ListingEvent.objects.create(listing=of, what=what, predicted=predicted, code=code)
        ListingEvent.objects.filter(pk=event.pk).update(at=timezone.now() - timedelta(days=days))

    return add


def test_before_the_first_answer_there_is_no_share(plan):
    assert accuracy(plan) == Accuracy()
    assert accuracy(plan).share is None


def test_right_and_wrong_are_counted(plan, happened):
    happened("published", "ready")
    happened("published", "better")
    happened("refused", "will_be_refused", "VALIDATION_FAILED")
    happened("refused", "ready", "GEOCODE_ADDRESS_NOT_FOUND")
    happened("published", "will_be_refused")
    found = accuracy(plan)
    assert found == Accuracy(right=3, refused=1, published=1)
    assert (found.wrong, found.share) == (2, 0.6)


@pytest.mark.parametrize(
    "code",
    [
        "INVALID_KEY",
        "SUBSCRIPTION_INACTIVE",
        "NO_ANSWER",
        "INTERNAL_ERROR",
        "INFRA_LOST",
        "PAYLOAD_TOO_LARGE",
    ],
)
def test_refusals_that_no_forecast_can_see_do_not_count(plan, happened, code):
    happened("refused", "ready", code)
    assert accuracy(plan).share is None


def test_a_code_that_nobody_knows_counts(plan, happened):
    happened("refused", "ready", "PICTURE_INDECENT")
    assert accuracy(plan).refused == 1


def test_what_was_not_forecast_is_old_or_is_another_plans_does_not_count(plan, happened, other_agency):
    theirs, second = plan_of(other_agency), plan_of(plan.agency, "Seeki 2")
    own = Listing.objects.create(agency=plan.agency, plan=second, external_id="1")
    listing = Listing.objects.create(agency=other_agency, plan=theirs, external_id="1")
    happened("published", "")
    happened("sent", "ready")
    happened("published", "ready", days=91)
    happened("published", "ready", of=listing)
    happened("published", "ready", of=own)
    assert accuracy(plan).share is None
    assert accuracy(plan, days=92).right == 1
    assert accuracy(theirs).right == 1
