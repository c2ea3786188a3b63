"""A look through the catalogue."""

from datetime import timedelta
from decimal import Decimal

import orjson
import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from estates.catalogue.models import Estate, EstatePayload
from estates.jobs.models import Job
from estates.jobs.run import Continue, Run
from estates.jobs.work import claim, run_now
from estates.syndication import considering, looking
from estates.syndication.considering import consider
from estates.syndication.looking import start_look
from estates.syndication.models import Feed, FeedItem, Listing, ListingEvent, Plan
from estates.syndication.rules.filters import Rules
from estates.syndication.rules.preview import preview
from tests.syndication.judging.conftest import DAY, PAYLOAD, listings, plan_of, ts_immo, unsaved

pytestmark = pytest.mark.django_db


def set_rules(plan, **rules):
    plan.rules, plan.version = rules, plan.version + 1
    plan.save()


def events(plan):
    rows = ListingEvent.objects.filter(listing__plan=plan).order_by("pk")
    return list(rows.values_list("listing__external_id", "what"))


def publish(plan, days=60, **columns):
    """As if Seeki had taken everything that is in line."""
    rows = Listing.objects.for_agency(plan.agency).filter(plan=plan)
    for row in rows.filter(stage="due"):
        row.stage, row.sent_digest, row.live_since = "done", row.digest, timezone.now()
        row.live_until, row.due_at = (
            timezone.now() + timedelta(days=days),
            timezone.now() + timedelta(days=30),
        )
        row.save()


def test_every_estate_is_in_line_or_held_back(plan, agency, add_estate, look):
    add_estate(agency)
    add_estate(agency, price=None, title="Sur demande")
    add_estate(agency, title="", reference="MART-9")
    found = look(plan)
    ready, held, better = (found[f"remote-{number}"] for number in (1, 2, 3))
    assert (ready.stage, ready.verdict, ready.wanted, ready.reasons) == ("due", "ready", True, [])
    assert ready.due_at <= timezone.now()
    assert len(ready.digest) == 32
    assert (held.stage, held.verdict, held.due_at) == ("held", "will_be_refused", None)
    assert (held.reasons, held.title) == ([["price_missing", "price", ""]], "Sur demande")
    assert (better.stage, better.verdict, better.title) == ("due", "better", "MART-9")
    assert events(plan) == [(f"remote-{number}", "wanted") for number in (1, 2, 3)]
    assert all(row.judged_at for row in found.values())


def test_a_second_look_changes_nothing_but_its_date(plan, agency, add_estate, look):
    for price in (None, 1, 400_000):
        add_estate(agency, price=price)
    first, again = look(plan), look(plan)
    for number, row in first.items():
        assert again[number].judged_at > row.judged_at
        again[number].judged_at = row.judged_at
        assert columns(again[number]) == columns(row)
    assert len(events(plan)) == 3


def columns(row):
    return {field.attname: getattr(row, field.attname) for field in Listing._meta.concrete_fields}


def test_what_changed_is_in_line_again_and_nothing_else(plan, agency, add_estate, look):
    estate, _same, unsent = add_estate(agency), add_estate(agency), add_estate(agency)
    look(plan)
    publish(plan)
    Estate.objects.for_agency(agency).filter(pk=estate.pk).update(price=310_000)
    Estate.objects.for_agency(agency).filter(pk=unsent.pk).update(status="sold", reference="Z")
    found = look(plan)
    assert [found[f"remote-{number}"].stage for number in (1, 2, 3)] == ["due", "done", "done"]
    assert found["remote-1"].digest != found["remote-1"].sent_digest


def test_a_payload_that_changed_counts_as_well(plan, agency, add_estate, look):
    estate = add_estate(agency)
    look(plan)
    publish(plan)
    body = orjson.dumps({**PAYLOAD, "floor": 5}).decode()
    EstatePayload.objects.filter(estate=estate).update(body=body)
    assert look(plan)["remote-1"].stage == "due"


@pytest.mark.parametrize("body", ["", "[]", "{not json", '"text"'])
def test_a_payload_that_cannot_be_read_costs_only_what_stands_in_it(plan, agency, add_estate, look, body):
    estate = add_estate(agency)
    EstatePayload.objects.filter(estate=estate).update(body=body)
    row = look(plan)["remote-1"]
    assert (row.stage, row.verdict) == ("due", "better")
    assert [code for code, _, _ in row.reasons] == ["description_missing", "contact_missing"]


def test_estates_that_no_rule_chooses_get_no_row(plan, agency, add_estate, look):
    add_estate(agency, city="Lyon")
    add_estate(agency, city="Écully")
    set_rules(plan, cities=["ecully"])
    assert look(plan).keys() == {"remote-2"}


def test_what_the_rules_no_longer_choose_is_left_to_lapse(plan, agency, add_estate, look):
    add_estate(agency, city="Lyon")
    add_estate(agency, city="Écully")
    look(plan)
    publish(plan)
    set_rules(plan, cities=["Écully"])
    row = look(plan)["remote-1"]
    assert (row.wanted, row.due_at, row.stage) == (False, None, "done")
    assert row.live_until > timezone.now()
    assert events(plan)[2:] == [("remote-1", "lapses")]
    set_rules(plan)
    row = look(plan)["remote-1"]
    assert (row.wanted, row.stage) == (True, "done")
    assert row.due_at > timezone.now()
    assert events(plan)[3:] == [("remote-1", "wanted")]


def test_what_was_never_online_does_not_lapse(plan, agency, add_estate, look):
    add_estate(agency)
    look(plan)
    set_rules(plan, cities=["Nice"])
    row = look(plan)["remote-1"]
    assert (row.wanted, row.stage, row.due_at) == (False, "", None)
    assert events(plan) == [("remote-1", "wanted")]


def test_an_estate_that_is_gone_is_left_to_lapse_whatever_anybody_decided(plan, agency, add_estate, look):
    estates = [add_estate(agency) for _ in range(3)]
    look(plan)
    publish(plan)
    Listing.objects.for_agency(agency).filter(estate=estates[1]).update(hand="always")
    gone = Estate.objects.for_agency(agency).filter(pk__in=[estates[0].pk, estates[1].pk])
    gone.update(gone_at=timezone.now())
    found = look(plan)
    assert [found[f"remote-{number}"].wanted for number in (1, 2, 3)] == [False, False, True]
    assert events(plan)[3:] == [("remote-1", "lapses"), ("remote-2", "lapses")]
    gone.update(gone_at=None)
    assert all(row.wanted for row in look(plan).values())


def test_hand_beats_rules(plan, agency, add_estate, look):
    always, never = add_estate(agency, city="Nice"), add_estate(agency)
    for estate, hand in ((always, "always"), (never, "never")):
        Listing.objects.create(
            agency=agency, plan=plan, external_id=estate.remote_id, estate=estate, hand=hand
        )
    set_rules(plan, cities=["Lyon"])
    found = look(plan)
    assert (found["remote-1"].wanted, found["remote-1"].stage) == (True, "due")
    assert (found["remote-2"].wanted, found["remote-2"].stage) == (False, "")


def test_rows_under_way_keep_their_stage(plan, agency, add_estate, look):
    add_estate(agency)
    look(plan)
    rows = Listing.objects.for_agency(agency)
    rows.update(stage="processing", sent_digest="old", digest="old", due_at=None)
    row = look(plan)["remote-1"]
    assert (row.stage, row.due_at, row.sent_digest) == ("processing", None, "old")
    assert row.digest not in ("old", "")
    Estate.objects.for_agency(agency).update(gone_at=timezone.now())
    assert (look(plan)["remote-1"].wanted, events(plan)[-1]) == (False, ("remote-1", "lapses"))


def test_a_feed_files_listing_is_left_alone_even_where_an_estate_has_its_number(
    plan, agency, add_estate, look
):
    feed = Feed.objects.create(agency=agency, plan=plan, name="a.xml", size=1, sha256="0")
    item = FeedItem.objects.create(agency=agency, feed=feed, ordinal=0, line=1, state="accepted")
    for number in ("remote-1", "crm-7"):
        Listing.objects.create(
            agency=agency, plan=plan, external_id=number, feed_item=item, wanted=True, stage="done"
        )
    before = {number: columns(row) for number, row in listings(plan).items()}
    add_estate(agency)
    assert {number: columns(row) for number, row in look(plan).items()} == before


@pytest.fixture
def left(plan, agency):
    """`left("remote-1")` is a listing that a feed file brought, and that was left to lapse."""

    def make(number, **fields):
        feed = Feed.objects.create(agency=agency, plan=plan, name="a.xml", size=1, sha256="0")
        item = FeedItem.objects.create(agency=agency, feed=feed, ordinal=0, line=1, state="accepted")
        until = timezone.now() + timedelta(days=9)
        given = {"stage": "done", "live_since": timezone.now(), "live_until": until} | fields
        return Listing.objects.create(
            agency=agency, plan=plan, external_id=number, feed_item=item, title="of the file", **given
        )

    return make


def test_an_estate_takes_the_number_that_a_feed_file_has_left(plan, agency, add_estate, look, left):
    row, estate = left("remote-1"), add_estate(agency)
    assert preview(plan, agency, Rules()).adds.count == 1
    found = look(plan)["remote-1"]
    assert (found.pk, found.estate_id, found.feed_item_id) == (row.pk, estate.pk, None)
    assert (found.wanted, found.stage, found.title, found.verdict) == (True, "due", estate.title, "ready")
    assert (found.due_at <= timezone.now(), found.live_until) == (True, row.live_until)
    assert events(plan) == [("remote-1", "wanted")]
    assert preview(plan, agency, Rules()).adds.count == 0


def test_one_that_seeki_would_refuse_is_counted_as_held_back(plan, agency, add_estate, look, left):
    left("remote-1", live_until=None, live_since=None, stage="none")
    add_estate(agency, price=None)
    said = preview(plan, agency, Rules())
    assert (said.adds.count, said.held) == (1, 1)
    assert look(plan)["remote-1"].stage == "held"


@pytest.mark.parametrize("how", ["rules", "hand", "gone"])
def test_not_by_one_that_is_not_to_be_published(plan, agency, add_estate, look, left, how):
    row = left("remote-1", hand="never" if how == "hand" else "")
    add_estate(agency, gone_at=timezone.now() if how == "gone" else None)
    rules = Rules(cities=("Nice",)) if how == "rules" else Rules()
    set_rules(plan, **rules.to_json())
    assert preview(plan, agency, rules).adds.count == 0
    assert columns(look(plan)["remote-1"]) == columns(row)


def test_a_file_that_comes_at_the_same_moment_keeps_it(plan, agency, add_estate, left, monkeypatch):
    row, estate = left("remote-1"), add_estate(agency)
    real = considering.see_all

    def meanwhile(*given):
        Listing.objects.for_agency(agency).filter(pk=row.pk).update(wanted=True, stage="sending")
        return real(*given)

    monkeypatch.setattr(considering, "see_all", meanwhile)
    consider(plan, [estate], {estate.pk}, timezone.now())
    found = listings(plan)["remote-1"]
    assert (found.estate_id, found.feed_item_id, found.stage) == (None, row.feed_item_id, "sending")


def test_an_estate_of_two_connections_goes_out_once(plan, agency, add_estate, look):
    first = add_estate(agency, remote_id="same")
    second = add_estate(agency, remote_id="same", label="Lyon bis", price=1)
    found = look(plan)
    assert found["same"].estate_id == first.pk
    Estate.objects.for_agency(agency).filter(pk=first.pk).update(gone_at=timezone.now())
    found = look(plan)
    assert (found["same"].estate_id, found["same"].wanted) == (second.pk, True)
    assert len(found) == 1


def test_another_agencys_estates_never_come_in(plan, agency, other_agency, add_estate, look):
    add_estate(other_agency)
    add_estate(agency)
    theirs = plan_of(other_agency)
    assert look(plan).keys() == {"remote-2"}
    assert look(theirs).keys() == {"remote-1"}
    assert {row.agency for row in listings(theirs).values()} == {other_agency}


def test_the_plan_knows_how_far_its_look_reaches(plan, agency, add_estate, look):
    add_estate(agency)
    before = timezone.now()
    look(plan)
    plan.refresh_from_db()
    assert before - looking.UNCOMMITTED <= plan.looked_at <= timezone.now() - looking.UNCOMMITTED


def test_a_look_goes_on_in_slices_from_where_it_was(plan, agency, add_estate, monkeypatch, settings):
    for _ in range(5):
        add_estate(agency)
    settings.JOB_SLICE_SECONDS = 0
    monkeypatch.setattr(looking, "BATCH", 2)
    job, seen = start_look(plan), []
    for _ in range(4):
        run = Run(claim(job.pk))
        try:
            looking.look(run)
        except Continue:
            seen.append(len(listings(plan)))
            Job.objects.across_agencies().update(status="queued", claim="")
    assert seen == [2, 4, 5]
    plan.refresh_from_db()
    assert plan.looked_at is not None


def test_rules_that_change_meanwhile_begin_it_anew(plan, agency, add_estate, monkeypatch):
    for number in range(4):
        add_estate(agency, city="Lyon" if number < 2 else "Nice")
    monkeypatch.setattr(looking, "BATCH", 2)
    consider_once, calls = looking.consider, []

    def then_change(*arguments):
        calls.append(1)
        if len(calls) == 2:
            set_rules(Plan.objects.for_agency(agency).get(), cities=["Nice"])
        return consider_once(*arguments)

    monkeypatch.setattr(looking, "consider", then_change)
    assert run_now(start_look(plan)).status == "done"
    assert {number for number, row in listings(plan).items() if row.wanted} == {"remote-3", "remote-4"}
    assert len(calls) == 4


def test_a_row_that_is_taken_at_the_same_moment_is_looked_at_again(
    plan, agency, add_estate, look, monkeypatch
):
    add_estate(agency)
    look(plan)
    Estate.objects.for_agency(agency).update(price=1_000_000)
    write, calls = considering.write, []

    def overtaken(plan, listing, *rest, **more):
        if not calls:
            Listing.objects.for_agency(agency).update(stage="sending", sent_digest="x", due_at=None)
        calls.append(listing.stage)
        return write(plan, listing, *rest, **more)

    monkeypatch.setattr(considering, "write", overtaken)
    row = look(plan)["remote-1"]
    assert calls == ["due", "sending"]
    assert (row.stage, row.sent_digest, row.due_at) == ("sending", "x", None)
    assert row.digest not in ("", "x")


def test_a_row_that_appears_at_the_same_moment_is_not_made_twice(plan, agency, add_estate, monkeypatch, look):
    estate = add_estate(agency)
    held, calls = considering.listings_of, []

    def late(plan, numbers):
        found = held(plan, numbers)
        if not calls:
            Listing.objects.create(
                agency=agency, plan=plan, external_id=estate.remote_id, estate=estate, hand="never"
            )
        calls.append(1)
        return found

    monkeypatch.setattr(considering, "listings_of", late)
    found = look(plan)
    assert [(row.hand, row.wanted, row.stage) for row in found.values()] == [("never", False, "")]
    assert events(plan) == []


def test_a_removed_connection_ends_the_job(plan, agency, add_estate):
    add_estate(agency)
    job = start_look(plan)
    plan.connection.removed_at = timezone.now()
    plan.connection.save()
    assert run_now(job).status == "cancelled"
    assert listings(plan) == {}


def test_rules_that_nobody_understands_publish_nothing(plan, agency, add_estate):
    add_estate(agency)
    set_rules(plan, moon="full")
    job = start_look(plan)
    looked = Run(claim(job.pk))
    with pytest.raises(ValueError, match="moon"):
        looking.look(looked)
    assert listings(plan) == {}


def test_one_look_at_a_time_and_a_persons_is_in_the_trail(plan, agency, manager):
    first = start_look(plan)
    assert start_look(plan, manager) == first
    entry = AuditEntry.objects.for_agency(agency).get()
    assert (entry.action, entry.actor) == ("publication.look_asked", manager)


def test_pictures_that_nobody_looked_at_are_asked_for(plan, agency, add_estate, look):
    add_estate(agency, images=[])
    look(plan)
    assert not Job.objects.for_agency(agency).filter(kind="syndication.pictures").exists()
    add_estate(agency)
    look(plan)
    assert Job.objects.for_agency(agency).filter(kind="syndication.pictures").count() == 1


def test_consider_does_nothing_twice(plan, agency, add_estate):
    estate, now = add_estate(agency), timezone.now()
    for chosen in ({estate.pk}, {estate.pk}, set(), set()):
        consider(plan, [estate], chosen, now)
    assert not listings(plan)["remote-1"].wanted
    assert events(plan) == [("remote-1", "wanted")]


def test_more_estates_than_are_looked_at_together(plan, agency, look):
    number = 2 * looking.BATCH + 10
    connection = ts_immo(agency)
    rows = [
        Estate(**fields(at), agency=agency, connection=connection, digest=b"0" * 16) for at in range(number)
    ]
    Estate.objects.across_agencies().bulk_create(rows, batch_size=1000)
    body = orjson.dumps({**PAYLOAD, "description": PAYLOAD["description"] * 10}).decode()
    EstatePayload.objects.bulk_create([EstatePayload(estate=row, body=body) for row in rows], batch_size=1000)
    for _look in ("first", "unchanged"):
        found = look(plan)
    assert len(found) == number
    for held in (plan, None):
        assert preview(held, agency, Rules()).held == number / 10
    assert sum(1 for row in found.values() if row.stage == "held") == number / 10


def fields(at):
    estate = unsaved(
        remote_id=f"r-{at}",
        changed_at=DAY,
        images=[f"https://a.example/{at}/{each}.jpg" for each in range(6)],
    )
    estate.price = None if at % 10 == 0 else Decimal(100_000 + at)
    names = [field.attname for field in Estate._meta.concrete_fields]
    skipped = ("id", "agency_id", "connection_id", "digest")
    return {name: getattr(estate, name) for name in names if name not in skipped}
