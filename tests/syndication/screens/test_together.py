"""Several short lists in one query: each is what it would be alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from estates.syndication.models import Listing
from estates.syndication.pages.together import together
from tests.syndication.screens.making import estate_of, plan_of

pytestmark = pytest.mark.django_db


def test_each_list_is_what_it_would_be_alone(agency, django_assert_num_queries):
    plan, now = plan_of(agency), timezone.now()
    for days in (3, None, 1, 2):
        estate = estate_of(agency)
        Listing.objects.create(
            agency=agency,
            plan=plan,
            estate=estate,
            external_id=estate.remote_id,
            live_until=days and now + timedelta(days=days),
        )
    rows = Listing.objects.for_agency(agency).filter(plan=plan)
    lists = {
        "first": rows.order_by("live_until", "pk")[:3],
        "last": rows.order_by("-live_until", "pk")[1:3],
        "live": rows.filter(live_until__gt=now).order_by("pk")[:1],
        "none": rows.filter(live_until__lt=now).order_by("pk")[:3],
        "cut": rows.order_by("pk")[:0],
    }
    with django_assert_num_queries(1):
        found = together(rows.select_related("estate"), counted=True, **lists)
        assert all(row.estate.title for listings in found.values() for row in listings)
    assert found == {name: list(each) for name, each in lists.items()}
    numbers = {name: {row.number for row in listings} for name, listings in found.items()}
    assert numbers == {"first": {4}, "last": {4}, "live": {3}, "none": set(), "cut": set()}
    assert together(rows, only=lists["none"]) == {"only": []}
