"""Sending what is due to a simulated Seeki."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from estates.catalogue.models import Estate, EstatePayload
from estates.connections.models import Connection, ConnectionKey
from estates.jobs.models import Job, Status
from estates.jobs.run import LostClaim, Run
from estates.jobs.start import start
from estates.jobs.work import claim, work
from estates.syndication.models import Batch, Listing, ListingEvent, Plan, Verdict
from estates.syndication.pushing import loads, sending
from estates.syndication.pushing.loads import Item, Load
from tests.syndication.pushing import making

DAY = timedelta(days=1)


@pytest.fixture
def due(plan):
    """So many listings that are due."""
    return lambda count=3, **fields: making.listings(plan, making.estates(plan.agency, count), **fields)


def change(model=Listing, **fields):
    model.objects.across_agencies().update(**fields)


def batches() -> list[tuple]:
    found = Batch.objects.across_agencies().order_by("pk")
    return list(found.values_list("items", "accepted", "rejected", "unanswered"))


def calls(box, operation="send_listings") -> list:
    return [entry for entry in box.received if entry.operation == operation]


def test_what_is_due_is_sent_and_is_then_asked_about(plan, due, box, sent, rows):
    due()
    assert sent().status == Status.DONE
    assert sorted(item.external_id for item in box.seeki.accounts["martin"].items) == [
        "estate-00000",
        "estate-00001",
        "estate-00002",
    ]
    for listing in rows(plan):
        assert (listing.stage, listing.due_at, listing.code) == ("processing", None, "")
        assert listing.import_item_id
        assert listing.poll_at > timezone.now()
        assert listing.predicted == Verdict.READY
        assert [event.what for event in listing.events.all()] == ["sent"]
    assert batches() == [(3, 3, 0, 0)]
    poll = Job.objects.for_agency(plan.agency).get(kind="syndication.poll")
    assert poll.not_before > timezone.now()


def test_the_batch_keeps_the_answer_and_its_measured_size(plan, due, box, sent):
    due(2)
    job = sent()
    batch = Batch.objects.for_agency(plan.agency).get()
    said = json.loads(bytes(batch.answer))
    assert len(said["accepted"]) == 2
    assert batch.job == job
    assert batch.answered_at >= batch.sent_at
    # A comma is counted for each listing, the last one too.
    assert batch.size - 1 == len(calls(box)[0].body)


def _items(box):
    return box.seeki.accounts["martin"].items


def test_what_goes_out_is_the_estate_as_it_is_now(plan, due, box, sent, rows):
    listing = due(1)[0]
    Estate.objects.for_agency(plan.agency).update(price=1)
    assert sent().status == Status.DONE
    assert _items(box)[0].payload["price"] == 1
    listing.refresh_from_db()
    assert listing.sent_digest == listing.digest != "0" * 32


def test_the_digest_of_the_look_stays_where_nothing_changed(plan, due, box, sent):
    listing = due(1)[0]
    making.looked_at([listing])
    before = listing.digest
    sent()
    listing.refresh_from_db()
    assert (listing.digest, listing.sent_digest) == (before, before)


def test_an_unchanged_listing_whose_refresh_is_due_is_sent_all_the_same(plan, due, box, sent):
    listing = due(1, stage="done", live_until=timezone.now() + 30 * DAY)[0]
    making.looked_at([listing])
    change(sent_digest=listing.digest)
    sent()
    assert len(_items(box)) == 1


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Listing, {"due_at": None}),
        (Listing, {"due_at": timezone.now() + DAY}),
        (Listing, {"wanted": False}),
        (Listing, {"estate": None}),
        (Estate, {"gone_at": timezone.now()}),
        (Plan, {"active": False}),
    ],
)
def test_nothing_else_is_sent(plan, due, box, sent, model, fields):
    due()
    change(model, **fields)
    assert sent().status == Status.DONE
    assert calls(box) == []
    assert batches() == []


def test_another_agencys_listings_are_not_sent_with_them(plan, due, box, sent, other_agency):
    due(1)
    other = making.plan(other_agency, key="seeki_live_demo_riviera_e04f18")
    making.listings(other, making.estates(other_agency, 2))
    sent()
    assert len(_items(box)) == 1
    assert box.seeki.accounts["riviera"].items == []


def test_a_job_about_another_agencys_plan_is_cancelled(plan, box, other_agency, finish):
    foreign = making.plan(other_agency)
    job = start(plan.agency, sending.KIND, params={"plan": foreign.pk})
    assert finish(job).status == Status.CANCELLED


def test_one_job_at_a_time_sends_a_plan(plan, member):
    person = member(plan.agency)
    job = sending.start_sending(plan, person)
    assert sending.start_sending(plan) == job
    assert (job.asked_by, job.params) == (person, {"plan": plan.pk})


def test_what_was_being_sent_by_a_dead_worker_is_sent(plan, due, box, sent, rows):
    due(stage="sending", due_at=timezone.now() - DAY)
    sent()
    assert {row.stage for row in rows(plan)} == {"processing"}


def test_what_nobody_wants_any_more_does_not_stay_on_its_way(plan, due, box, sent, rows):
    due(2, stage="sending", wanted=False)
    Listing.objects.across_agencies().filter(external_id="estate-00001").update(live_since=timezone.now())
    sent()
    assert [(row.stage, row.due_at) for row in rows(plan)] == [(Listing.Stage.NONE, None), ("done", None)]


def test_a_lost_answer_is_no_harm(plan, due, box, sent, rows, asked, seeki):
    due()
    box.fault("lost", operation="send_listings", times=2)
    assert sent().status == Status.DONE
    asked()
    assert len(calls(box)) == 3
    assert [(row.stage, row.tries) for row in rows(plan)] == [("done", 0)] * 3
    assert box.seeki.accounts["martin"].online.keys() == {row.external_id for row in rows(plan)}
    assert [accepted for _, accepted, _, _ in batches()] == [0, 0, 3]
    assert Batch.objects.across_agencies().filter(answered_at=None).count() == 2
    assert ListingEvent.objects.filter(what="sent").count() == 3


def test_while_seeki_is_down_everything_stays_due(plan, due, box, sent, rows):
    due()
    box.fault("unavailable_503")
    job = sent()
    assert (job.status, job.error_kind, job.attempts) == (Status.FAILED, "unreachable", 8)
    assert {(row.stage, row.due_at <= timezone.now()) for row in rows(plan)} == {("sending", True)}
    box.clear_faults()
    sent()
    assert {row.stage for row in rows(plan)} == {"processing"}


def test_an_answer_that_is_no_answer_leaves_everything_due(plan, due, box, sent, rows):
    due()
    box.fault("not_json", times=1)
    assert sent().status == Status.DONE
    assert len(calls(box)) == 2


@pytest.mark.parametrize("status", ["wrong_key", "forbidden"])
def test_a_key_that_is_not_accepted_ends_the_job(plan, due, box, sent, rows, status):
    due()
    box.fault(status)
    job = sent()
    assert (job.status, job.error_kind, job.attempts) == (Status.FAILED, "unauthorised", 3)
    assert len(calls(box)) == 3
    assert Batch.objects.across_agencies().first().words


def test_a_removed_connection_ends_the_job(plan, due, box, sent):
    due()
    change(Connection, removed_at=timezone.now())
    assert sent().status == Status.CANCELLED


def test_without_a_key_nothing_is_on_its_way(plan, due, box, sent, rows):
    due()
    ConnectionKey.objects.all().delete()
    assert sent().status == Status.CANCELLED
    assert {row.stage for row in rows(plan)} == {"due"}


def test_a_key_of_the_other_environment_never_leaves(agency, box, finish, rows):
    plan = making.plan(agency, key="seeki_test_demo_martin_0d77b2")
    making.listings(plan, making.estates(agency, 1))
    job = finish(sending.start_sending(plan))
    assert (job.status, job.error_kind) == (Status.FAILED, "wrongenvironment")
    assert box.received == []
    assert batches() == []


def test_a_listing_that_seeki_refuses_is_for_a_person(plan, due, box, sent, rows):
    due(2)
    Estate.objects.for_agency(plan.agency).filter(remote_id="estate-00001").update(price=None)
    sent()
    fine, bad = rows(plan)
    assert (fine.stage, bad.stage, bad.due_at) == ("processing", "refused", None)
    assert bad.code == "VALIDATION_FAILED"
    assert "price" in bad.words
    assert [event.what for event in bad.events.all()] == ["refused"]
    assert batches() == [(2, 1, 1, 0)]


def test_an_address_that_is_nowhere_is_for_a_person(plan, due, box, sent, rows):
    due(1)
    Estate.objects.for_agency(plan.agency).update(latitude=None, longitude=None, city="Nowhere")
    sent()
    assert rows(plan)[0].code == "GEOCODE_ADDRESS_NOT_FOUND"


@pytest.mark.parametrize(
    ("fault", "code"), [("queue_rejected", "INFRA_QUEUE_REJECTED"), ("internal_error", "INTERNAL_ERROR")]
)
def test_what_seeki_had_no_time_for_is_sent_again(plan, due, box, sent, rows, fault, code):
    due()
    box.fault(fault, times=1, value="2")
    sent()
    *again, taken = rows(plan)
    assert [(row.stage, row.code, row.tries) for row in again] == [("due", code, 1)] * 2
    assert all(timezone.now() < row.due_at < timezone.now() + timedelta(minutes=2) for row in again)
    assert taken.stage == "processing"
    change(due_at=timezone.now() - DAY)
    sent()
    assert {row.stage for row in rows(plan)} == {"processing"}


def test_what_the_answer_does_not_name_goes_out_alone_at_last(plan, due, box, sent, rows, monkeypatch):
    monkeypatch.setattr(loads, "MOST_TOGETHER", (5, 3, 2, 1))
    due(5)
    box.fault("half_answer")
    for _ in range(4):
        sent()
        Listing.objects.across_agencies().filter(stage="due").update(due_at=timezone.now() - DAY)
    sizes = [items for items, *_ in batches()]
    assert (sizes[0], sizes[-1]) == (5, 1)
    assert sizes == sorted(sizes, reverse=True)
    assert sum(unnamed for *_, unnamed in batches()) > 3
    alone = [row for row in rows(plan) if row.stage != "processing"]
    assert alone
    assert {(row.stage, row.code, row.due_at) for row in alone} == {("refused", "NO_ANSWER", None)}


def test_an_answer_that_says_everything_twice_counts_once(plan, due, box, sent, rows):
    due()
    box.fault("duplicate_answer", times=1)
    sent()
    assert batches() == [(3, 3, 0, 0)]
    assert ListingEvent.objects.filter(what="sent").count() == 3


@pytest.mark.parametrize("value", ["", "brackets"])
def test_the_other_dialect_is_understood(plan, due, box, sent, rows, value):
    due(3)
    Estate.objects.for_agency(plan.agency).filter(remote_id="estate-00001").update(price=None)
    box.fault("other_dialect", times=1, value=value)
    sent()
    assert [row.stage for row in rows(plan)] == ["processing", "refused", "processing"]


def test_a_refused_request_is_divided_until_it_is_known_which_listing_it_is(plan, due, box, sent, rows):
    due(8)
    box.fault("message_string", operation="send_listings", times=4)
    assert sent().status == Status.DONE
    refused = [row for row in rows(plan) if row.stage == "refused"]
    assert [(row.external_id, row.code) for row in refused] == [("estate-00000", "REQUEST_REFUSED")]
    assert "invalid" in refused[0].words
    assert [items for items, *_ in batches()] == [8, 4, 2, 1, 1, 2, 4]
    assert {row.stage for row in rows(plan)} == {"refused", "processing"}


def test_dividing_has_an_end(plan, due, box, sent, rows, monkeypatch):
    monkeypatch.setattr(sending, "MOST_REFUSALS", 5)
    due(8)
    box.fault("message_string", operation="send_listings")
    job = sent()
    assert (job.status, job.error_kind) == (Status.FAILED, "refused")
    assert len(calls(box)) == 6


def test_what_is_refused_for_another_reason_is_not_divided(plan, due, box, sent):
    due(8)
    box.fault("not_found", operation="send_listings")
    assert sent().status == Status.FAILED
    assert len(calls(box)) == 1


def test_a_suggested_chunk_size_is_obeyed_from_then_on(plan, due, box, sent, rows, monkeypatch):
    from portal.sandbox.seeki import calls as seekis

    due(7)
    real = seekis.listings_in

    def few(body):
        found = real(body)
        if len(found) > 3:
            raise seekis.CodedRefusal(413, "TOO_MANY_ITEMS", "too many", {"Suggested-Chunk-Size": "3"})
        return found

    monkeypatch.setattr(seekis, "listings_in", few)
    assert sent().status == Status.DONE
    assert [items for items, *_ in batches()] == [7, 3, 3, 1]
    assert {row.stage for row in rows(plan)} == {"processing"}


def test_a_request_has_fewer_than_5000_items_and_24_million_bytes(plan, due, box, sent, rows, monkeypatch):
    monkeypatch.setattr(loads, "MOST_BYTES", 4_000)
    due(20)
    sent()
    found = Batch.objects.for_agency(plan.agency)
    assert found.count() > 1
    assert all(batch.size <= 4_000 for batch in found)
    assert all(len(entry.body) <= 4_000 for entry in calls(box))
    assert {row.stage for row in rows(plan)} == {"processing"}


def test_a_listing_too_large_for_any_request_is_for_a_person(plan, due, box, sent, rows, monkeypatch):
    due(3)
    EstatePayload.objects.filter(estate__remote_id="estate-00001").update(
        body=json.dumps({"description": "x" * 9_000})
    )
    monkeypatch.setattr(loads, "MOST_BYTES", 4_000)
    sent()
    assert [row.stage for row in rows(plan)] == ["processing", "refused", "processing"]
    assert rows(plan)[1].code == "PAYLOAD_TOO_LARGE"


def test_an_estate_that_cannot_be_written_holds_nobody_up(plan, due, box, sent, rows, monkeypatch, caplog):
    due(3)
    real = loads.outgoing_of

    def outgoing_of(estate, payload):
        if estate.remote_id == "estate-00000":
            raise ValueError("nothing fits")
        return real(estate, payload)

    monkeypatch.setattr(loads, "outgoing_of", outgoing_of)
    assert sent().status == Status.DONE
    assert [row.stage for row in rows(plan)] == ["refused", "processing", "processing"]
    assert rows(plan)[0].code == "UNBUILDABLE"
    assert "nothing fits" in caplog.text


@pytest.mark.parametrize("body", [None, "{", "[]"])
def test_an_estate_without_a_usable_payload_goes_out_by_its_columns(plan, due, box, sent, rows, body):
    due(1)
    if body is None:
        EstatePayload.objects.all().delete()
    else:
        EstatePayload.objects.update(body=body)
    assert sent().status == Status.DONE
    assert rows(plan)[0].stage == "processing"


def test_the_plan_may_be_switched_off_while_a_request_is_put_together(
    plan, due, box, sent, rows, monkeypatch
):
    due(3)
    real = loads._claim

    def claim_and_switch_off(*arguments):
        held = real(*arguments)
        change(Plan, active=False)
        return held

    monkeypatch.setattr(loads, "_claim", claim_and_switch_off)
    assert sent().status == Status.DONE
    assert calls(box) == []
    assert {row.stage for row in rows(plan)} == {"due"}


def test_what_is_no_longer_wanted_when_it_is_claimed_is_not_sent(plan, due, box, sent, rows, monkeypatch):
    due(3)
    real = loads._claim

    def unwanted_meanwhile(*arguments):
        Listing.objects.across_agencies().filter(external_id="estate-00001").update(wanted=False)
        return real(*arguments)

    monkeypatch.setattr(loads, "_claim", unwanted_meanwhile)
    sent()
    assert [item.external_id for item in _items(box)] == ["estate-00000", "estate-00002"]


def test_a_worker_that_lost_its_job_changes_nothing(plan, due, box, rows):
    due(3)
    job = claim(sending.start_sending(plan).pk)
    Job.objects.across_agencies().update(claim="another")
    with pytest.raises(LostClaim):
        sending.send(Run(job))
    assert {row.stage for row in rows(plan)} == {"due"}
    assert calls(box) == []


def test_who_stops_a_job_leaves_nothing_on_its_way(plan, due, box, rows, monkeypatch):
    due(3)
    job = sending.start_sending(plan)
    real = sending.gather

    def gather_then_stop(run, of, **given):
        load = real(run, of, **given)
        change(Job, cancel_asked=True)
        run._next_report = 0
        return load

    monkeypatch.setattr(sending, "gather", gather_then_stop)
    box.fault("slow", value="1500")
    work(job.pk)
    job.refresh_from_db()
    assert job.status == Status.CANCELLED
    assert {row.stage for row in rows(plan)} == {"due"}


def test_a_long_call_keeps_the_job_alive(plan, due, box, rows):
    due(1)
    job = sending.start_sending(plan)
    box.fault("slow", times=1, value="2500")
    before = timezone.now()
    beats = []
    real = Run.report

    def report(run, *arguments, **options):
        beats.append(timezone.now() - before)
        return real(run, *arguments, **options)

    Run.report = report
    try:
        work(job.pk)
    finally:
        Run.report = real
    assert sum(timedelta(seconds=0.8) < beat for beat in beats) >= 2


def test_slices_go_on_where_they_ended(plan, due, box, finish, rows, settings, monkeypatch):
    settings.JOB_SLICE_SECONDS = 0
    monkeypatch.setattr(loads, "MOST_TOGETHER", (2, 2, 2, 1))
    due(5)
    job = finish(sending.start_sending(plan))
    assert (job.status, job.done, job.checkpoint["done"]) == (Status.DONE, 5, 5)
    assert [items for items, *_ in batches()] == [2, 2, 1]


def test_parts_of_a_load():
    load = Load([Item(pk, str(pk), b"x") for pk in range(7)])
    assert [len(part.items) for part in load.parts(3)] == [3, 3, 1]
    assert [item for part in load.parts(3) for item in part.items] == load.items
    assert load.size == len(b'{"listings":[]}') + 7 * 2
