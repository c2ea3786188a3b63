"""A file is read: every listing is a row or set apart with a reason, or the whole file is unreadable."""

from decimal import Decimal

import pytest
from django.core.files.storage import default_storage

from accounts.models import Agency
from estates.catalogue.models import Estate
from estates.feeds.listing import Listing as Told
from estates.feeds.outcomes import Note, Read, SetApart
from estates.feeds.reasons import Oddity, Reason
from estates.jobs.models import Status
from estates.syndication.incoming import examining
from estates.syndication.incoming.items import Why, item_of
from estates.syndication.incoming.receiving import receive
from estates.syndication.models import Feed, FeedItem, Listing
from tests.syndication.incoming.conftest import done, fresh, items, job_of, states, taken_back, worked
from tests.syndication.incoming.making import estate, feed, zipped

pytestmark = pytest.mark.django_db
State = FeedItem.State


class Killed(BaseException):
    """The process is gone: nothing below catches it."""


def test_a_file_is_read_into_rows(received):
    got = received(feed("A-1", estate("A-2", title="Loft", city="Paris", price="510000.50"), scope="VOLL"))
    assert (got.state, got.format, got.container, got.scope) == (Feed.State.READ, "openimmo", "xml", "full")
    assert (got.listings, got.set_apart, got.missing, got.removal) == (2, 0, 0, "")
    assert (got.repaired, got.encoding, got.read_at is not None) == (False, "utf-8", True)
    assert got.software == "Agence Martin"
    first, second = items(got).values()
    assert (first.ordinal, first.state, first.line) == (0, State.READ, 3)
    assert (second.external_id, second.title, second.city) == ("A-2", "Loft", "Paris")
    assert (second.price, second.currency, second.country) == (Decimal("510000.50"), "EUR", "FR")
    assert (second.kind, second.offer, second.ordinal, second.line) == ("apartment", "sale", 1, 4)


def test_a_zip_is_read_too(received):
    got = received(zipped(feed("A-1")), name="export.zip")
    assert (got.state, got.container, got.listings) == (Feed.State.READ, "zip", 1)


def test_the_job_has_a_bar(received, plan):
    job = job_of(received(feed(*(f"A-{n}" for n in range(7)))))
    assert (job.done, job.total, job.phase) == (7, 7, "reading")


def test_the_bar_counts_across_blocks(tmp_path, monkeypatch, received):
    monkeypatch.setattr(examining, "BLOCK", 7)
    assert job_of(received(feed(*(f"A-{n}" for n in range(40))))).total == 40


def test_what_cannot_be_used_is_set_apart_with_line_and_reason(received):
    got = received(feed("A-1", estate(None), "A-3"))
    apart = got.items.get(state=State.APART)
    assert (got.listings, got.set_apart, apart.ordinal, apart.line) == (3, 1, 1, 4)
    assert apart.reason == Reason.NO_NUMBER
    assert apart.path


def test_a_number_that_is_too_long_is_not_cut_into_another(received):
    got = received(feed("A" * 121, "A" * 120))
    assert [item.state for item in got.items.order_by("ordinal")] == [State.APART, State.READ]
    assert got.items.get(state=State.APART).reason == Why.NUMBER_TOO_LONG


def test_delete_and_reference_are_not_to_be_sent(received):
    got = received(feed("A-1", estate("A-2", action="DELETE"), estate("A-3", action="REFERENZ")))
    assert states(got) == {"A-1": State.READ, "A-2": State.SKIPPED, "A-3": State.SKIPPED}
    assert [items(got)[number].reason for number in ("A-2", "A-3")] == [Why.SAYS_DELETE, Why.SAYS_REFERENCE]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("", "", [(State.SKIPPED, Why.AGAIN_BELOW), (State.READ, "")]),
        ("", "DELETE", [(State.SKIPPED, Why.AGAIN_BELOW), (State.SKIPPED, Why.SAYS_DELETE)]),
        ("DELETE", "CHANGE", [(State.SKIPPED, Why.AGAIN_BELOW), (State.READ, "")]),
    ],
)
def test_of_one_number_twice_the_last_counts(first, last, expected, received):
    got = received(feed(estate("A-1", action=first), estate("A-1", action=last)))
    assert [(item.state, item.reason) for item in got.items.order_by("ordinal")] == expected


def test_an_estate_that_is_published_keeps_its_number(received, plan, agency, other_agency):
    from django.utils import timezone

    connection, now = plan.connection, timezone.now()
    own = Estate.objects.create(
        agency=agency,
        connection=connection,
        remote_id="A-1",
        created_at=now,
        changed_at=now,
        first_seen_at=now,
    )
    Listing.objects.create(agency=agency, plan=plan, external_id="A-1", estate=own, wanted=True)
    Listing.objects.create(agency=agency, plan=plan, external_id="A-2", estate=own, wanted=False)
    got = received(feed("A-1", "A-2"))
    assert states(got) == {"A-1": State.SKIPPED, "A-2": State.READ}
    assert items(got)["A-1"].reason == Why.OWN_ESTATE


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html><body>Not a feed</body></html>", Reason.NOT_A_FEED),
        (b"%PDF-1.4 not xml at all", Reason.NOT_A_FEED),
        (b'<?xml version="1.0"?><!DOCTYPE openimmo [<!ENTITY a "b">]><openimmo/>', Reason.DOCTYPE),
        (feed(), Reason.EMPTY),
        (feed(scope="VOLL"), Reason.EMPTY),
        (b"PK\3\4broken", Reason.ZIP_DAMAGED),
        (b"PK\5\6" + bytes(3), Reason.ZIP_DAMAGED),
    ],
    ids=["html", "pdf", "doctype", "empty", "empty full", "broken zip", "end of a zip"],
)
def test_an_unreadable_file_says_why(body, reason, received):
    got = received(body)
    assert (got.state, got.reason) == (Feed.State.UNREADABLE, reason)
    assert (got.listings, got.read_at is not None) == (0, True)
    assert not got.items.exists()


def test_a_file_that_breaks_off_says_where_and_nothing_of_it_stays(received, monkeypatch):
    monkeypatch.setattr(examining, "PIECE", 2)
    body = feed("A-1", "A-2", "A-3", "A-4")
    got = received(body[: body.index(b"A-4")])
    assert (got.state, got.reason) == (Feed.State.UNREADABLE, Reason.NOT_XML)
    assert got.line == 6
    assert not got.items.exists()


def test_a_bomb_is_put_aside(received):
    bomb = zipped(b"<openimmo>" + b" " * 100_000_000 + b"</openimmo>")
    assert len(bomb) < 200_000
    got = received(bomb, name="export.zip")
    assert (got.state, got.reason) == (Feed.State.UNREADABLE, Reason.BOMB)


def test_an_entry_that_leads_out_is_refused(received):
    got = received(zipped(feed("A-1"), **{"../../evil.jpg": b"x"}), name="export.zip")
    assert (got.state, got.reason) == (Feed.State.UNREADABLE, Reason.ENTRY_LEADS_OUT)


def test_a_file_that_has_gone_from_the_storage(plan):
    got = receive(plan, [feed("A-1")], "export.xml", None)
    default_storage.delete(got.stored_as)
    done(job_of(got))
    assert (fresh(got).state, fresh(got).reason) == (Feed.State.UNREADABLE, "file_gone")


def test_a_discarded_file_is_not_read(plan):
    got = receive(plan, [feed("A-1")], "export.xml", None)
    Feed.objects.for_agency(plan.agency).update(state=Feed.State.DROPPED)
    done(job_of(got))
    assert fresh(got).state == Feed.State.DROPPED
    assert not got.items.exists()


def test_one_that_is_discarded_while_it_is_read_stays_discarded(plan, monkeypatch):
    got = receive(plan, [feed("A-1")], "export.xml", None)
    original = examining.read

    def reading(source):
        Feed.objects.for_agency(plan.agency).update(state=Feed.State.DROPPED)
        return original(source)

    monkeypatch.setattr(examining, "read", reading)
    done(job_of(got))
    assert fresh(got).state == Feed.State.DROPPED


def test_a_killed_worker_is_followed_by_one_that_goes_on(plan, monkeypatch):
    monkeypatch.setattr(examining, "PIECE", 2)
    got = receive(plan, [feed(*(f"A-{n}" for n in range(7)))], "export.xml", None)
    original, made = examining.item_of, []

    def deadly(of, found):
        if found.ordinal == 5 and len(made) < 8:
            raise Killed
        made.append(found.ordinal)
        return original(of, found)

    monkeypatch.setattr(examining, "item_of", deadly)
    with pytest.raises(Killed):
        worked(job_of(got))
    assert got.items.count() == 4
    monkeypatch.setattr(examining, "item_of", original)
    job = done(taken_back(job_of(got)))
    assert (fresh(got).state, fresh(got).listings, job.done) == (Feed.State.READ, 7, 7)
    assert [item.ordinal for item in got.items.order_by("ordinal")] == list(range(7))


def test_slices_go_on_where_the_last_one_ended(plan, monkeypatch, settings):
    settings.JOB_SLICE_SECONDS = 0
    monkeypatch.setattr(examining, "PIECE", 2)
    monkeypatch.setattr(examining, "LEAST", 4)
    got = receive(plan, [feed(*(f"A-{n}" for n in range(9)))], "export.xml", None)
    job = worked(job_of(got))
    assert (job.status, got.items.count(), job.checkpoint) == (Status.QUEUED, 4, {"next": 4})
    assert worked(job).status == Status.QUEUED
    assert worked(job).status == Status.DONE
    assert fresh(got).listings == 9


def row(listing=None, **named) -> FeedItem:
    of = Feed(agency=Agency(pk=1), pk=1)
    return item_of(of, Read(0, 1, listing or Told(external_id="A", **named)))


@pytest.mark.parametrize(
    ("price", "kept"),
    [
        (None, None),
        (Decimal("NaN"), None),
        (Decimal("Infinity"), None),
        (Decimal(10) ** 12, None),
        (Decimal("999999999999.991"), Decimal("999999999999.99")),
        (Decimal("0"), Decimal("0.00")),
    ],
)
def test_prices_that_a_column_holds(price, kept):
    assert row(price=price).price == kept


def test_texts_are_cut_and_free_of_what_a_database_refuses():
    made = row(title="a\0" * 400, city="b" * 400, currency="EUREUREUR", country="FRA")
    assert (len(made.title), len(made.city), made.currency, made.country) == (300, 120, "EUREUREU", "FR")
    assert "\0" not in made.title


def test_notes_keep_code_place_and_what_stood_there():
    of = Feed(agency=Agency(pk=1), pk=1)
    notes = tuple(Note(Oddity.NOT_A_NUMBER, "preise/kaufpreis", "auf Anfrage" * 20) for _ in range(30))
    made = item_of(of, Read(0, 1, Told(external_id="A"), notes))
    assert len(made.notes) == 20
    assert made.notes[0] == ["not_a_number", "preise/kaufpreis", ("auf Anfrage" * 20)[:80]]


def test_a_blank_number_is_none():
    assert (row(Told(external_id="  ")).state, row(Told(external_id="  ")).reason) == (
        State.APART,
        "no_number",
    )


def test_what_is_set_apart_keeps_all_that_is_known():
    of = Feed(agency=Agency(pk=1), pk=1)
    made = item_of(of, SetApart(3, 17, "A-1", "immobilie/x", Reason.TOO_DEEP, "w" * 600))
    assert (made.ordinal, made.line, made.external_id, made.path) == (3, 17, "A-1", "immobilie/x")
    assert (made.state, made.reason, len(made.words)) == (State.APART, "too_deep", 500)
