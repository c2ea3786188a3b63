"""Twelve thousand estates in one go: a few requests, each within its limits, and never all of them in memory."""

import weakref

import pytest
from django.db.models import Count
from django.utils import timezone

from estates.connections import clients
from estates.jobs.models import Job, Status
from estates.remotes.limits import limiter
from estates.syndication.models import Batch, Listing, ListingEvent
from estates.syndication.pushing import loads, polling
from tests.syndication.pushing import making

COUNT, ASKED_ABOUT = 12_000, 1_500
TEXT = "Lumineux appartement traversant. " * 60


@pytest.fixture(autouse=True)
def without_manners(monkeypatch):
    """At the pace that is kept towards the real one the questions alone would take four minutes."""
    monkeypatch.setattr(clients, "limiter_of", lambda *of: limiter("hasty", 100_000, 1_000, None))


@pytest.fixture
def due(plan):
    for first in range(0, COUNT, 2_000):
        making.listings(plan, making.estates(plan.agency, 2_000, first=first, text=TEXT))


@pytest.fixture
def held(monkeypatch) -> list[int]:
    """How many bodies there were in memory each time that one was added."""
    alive, numbers = weakref.WeakSet(), []
    real = loads.Item

    class Counted(real):
        __slots__ = ("__weakref__",)

        def __init__(self, *fields):
            real.__init__(self, *fields)
            alive.add(self)
            numbers.append(len(alive))

    monkeypatch.setattr(loads, "Item", Counted)
    return numbers


def test_all_are_sent_and_published(plan, due, held, box, sent, finish):
    assert sent().status == Status.DONE
    batches = list(Batch.objects.for_agency(plan.agency).order_by("pk"))
    assert [batch.items for batch in batches] == [4_999, 4_999, 2_002]
    assert all(batch.size <= 24_000_000 for batch in batches)
    assert len(held) >= COUNT
    # Those of one request at most, and a few times over: joined, and what they were made of.
    assert max(held) <= 4_999 + loads.PIECE
    account = box.seeki.accounts["martin"]
    assert len(account.online) == COUNT
    assert {it.imports for it in account.online.values()} == {1}

    listings = Listing.objects.for_agency(plan.agency)
    assert stages(listings) == {"processing": COUNT}
    # One call each: a share of them tells as much as all.
    listings.update(poll_at=None)
    assert (
        listings.filter(external_id__lt=f"estate-{ASKED_ABOUT:05}").update(poll_at=timezone.now())
        == ASKED_ABOUT
    )
    job = finish(polling.start_polling(plan))
    assert (job.status, job.done, job.total) == (Status.DONE, ASKED_ABOUT, ASKED_ABOUT)
    assert stages(listings) == {"done": ASKED_ABOUT, "processing": COUNT - ASKED_ABOUT}
    assert ListingEvent.objects.filter(what="published").count() == ASKED_ABOUT
    assert not Job.objects.for_agency(plan.agency).exclude(status=Status.DONE).exists()


def stages(listings) -> dict[str, int]:
    return dict(listings.order_by().values_list("stage").annotate(Count("pk")))
