"""The real client, over HTTP, to a simulated Seeki: from the file to what is online, and that it stays so."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from estates.jobs.models import OPEN, Job, Status
from estates.syndication import keeping
from estates.syndication.incoming import delivering
from estates.syndication.incoming.receiving import receive
from estates.syndication.incoming.sending import ask_send
from estates.syndication.models import Batch, Feed, Listing
from portal.sandbox import sandbox
from tests.syndication.incoming.conftest import done, fresh, job_of, listings, states, worked
from tests.syndication.incoming.making import estate, feed, zipped
from tests.syndication.pushing import making

pytestmark = pytest.mark.django_db
JPEG = b"\xff\xd8\xff\xe0" + bytes(64)


@pytest.fixture
def box(settings):
    cache.clear()
    with sandbox(estates=0) as running:
        settings.REMOTE_URLS = {
            **settings.REMOTE_URLS,
            ("seeki", "production"): f"{running.url}{running.seeki.base}",
        }
        yield running


@pytest.fixture
def published(box):
    """`published()` is what Seeki has of the agency, by number."""
    return lambda: box.seeki.accounts["martin"].listings


@pytest.fixture
def plan(agency, box):
    return making.plan(agency)


@pytest.fixture
def handed_in(plan, agent):
    def do(body, name="export.xml") -> Feed:
        got = receive(plan, [body], name, agent)
        done(job_of(got))
        ask_send(fresh(got), agent)
        return fresh(got)

    return do


def all_done(agency) -> None:
    """Every job of the agency to its end, and what those start; Seeki is asked at once."""
    for _ in range(60):
        job = Job.objects.for_agency(agency).filter(status__in=OPEN).order_by("not_before").first()
        if job is None:
            return
        Listing.objects.for_agency(agency).filter(poll_at__isnull=False).update(poll_at=timezone.now())
        worked(job)
    raise AssertionError(f"{job.kind} does not end: {job.status} {job.error}")


def many(number, **named) -> bytes:
    return feed(*(f"A-{n}" for n in range(number)), **named)


def test_a_file_comes_online(handed_in, published, agency, plan):
    got = handed_in(many(3))
    all_done(agency)
    assert (fresh(got).state, set(published())) == (Feed.State.SENT, {"A-0", "A-1", "A-2"})
    row = listings(plan)["A-1"]
    assert row.stage == "done"
    assert row.live_until - timezone.now() > timedelta(days=59)
    assert row.due_at is not None


def test_a_zip_brings_its_pictures(handed_in, published, agency):
    picture = (
        '<anhaenge><anhang location="EXTERN" gruppe="BILD"><format>JPG</format>'
        "<daten><pfad>a.jpg</pfad></daten></anhang></anhaenge>"
    )
    got = handed_in(zipped(feed(estate("A-1", body=picture), "A-2"), **{"a.jpg": JPEG}), "export.zip")
    all_done(agency)
    assert set(published()) == {"A-1", "A-2"}
    assert got.items.get(external_id="A-1").pictures == 1


def test_more_than_a_request_holds(handed_in, published, agency):
    got = handed_in(many(501, scope="VOLL"))
    done(job_of(got))
    assert len(published()) == 501
    assert sorted(Batch.objects.for_agency(agency).values_list("items", flat=True)) == [1, 500]
    assert set(states(got).values()) == {"accepted"}


def test_seekis_413_with_a_suggestion_is_obeyed(handed_in, published, agency, monkeypatch):
    monkeypatch.setattr(delivering, "MOST", 600)
    monkeypatch.setattr(delivering, "MOST_TOGETHER", (600,))
    done(job_of(handed_in(many(510))))
    assert len(published()) == 510
    sizes = Batch.objects.for_agency(agency).order_by("pk").values_list("items", "accepted")
    assert list(sizes) == [(510, 0), (500, 500), (10, 10)]


@pytest.mark.parametrize("fault", ["dropped", "error_500"])
def test_a_lost_answer_loses_nothing(fault, handed_in, published, agency, box):
    box.fault(fault, operation="send_openimmo", times=1)
    got = handed_in(many(3))
    assert worked(job_of(got)).status == Status.WAITING
    assert fresh(got).state == Feed.State.SENDING
    all_done(agency)
    assert set(published()) == {"A-0", "A-1", "A-2"}
    assert fresh(got).state == Feed.State.SENT


def test_what_seeki_refuses_is_told(handed_in, agency, plan):
    got = handed_in(feed("A-1", estate("A-2", price="")))
    all_done(agency)
    item = got.items.get(external_id="A-2")
    assert (item.state, item.code) == ("refused", "VALIDATION_FAILED")
    assert item.words
    assert listings(plan)["A-2"].stage == "refused"


def test_listings_of_a_file_are_renewed_by_themselves(handed_in, published, agency, plan, box):
    handed_in(many(3))
    all_done(agency)
    until = {number: found.expires_at for number, found in published().items()}
    start = timezone.now()
    for day in range(1, 70, 3):
        box.seeki.clock.move(days=3)
        with time_machine.travel(start + timedelta(days=day * 1.0), tick=False):
            keeping.keep()
            all_done(agency)
    now = published()
    assert all(found.online for found in now.values())
    assert all(found.expires_at > until[number] for number, found in now.items())


def test_what_the_file_says_to_delete_lapses_and_only_that(handed_in, published, agency, box):
    handed_in(feed("A-1", "A-2"))
    all_done(agency)
    handed_in(feed("A-1", estate("A-2", action="DELETE")))
    all_done(agency)
    start = timezone.now()
    for day in range(1, 80, 5):
        box.seeki.clock.move(days=5)
        with time_machine.travel(start + timedelta(days=day), tick=False):
            keeping.keep()
            all_done(agency)
    assert {number: found.online for number, found in published().items()} == {"A-1": True, "A-2": False}
