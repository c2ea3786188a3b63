"""Asking a simulated Seeki what became of what it took up."""

from datetime import timedelta

import pytest
from django.utils import timezone

from estates.catalogue.models import Estate
from estates.connections.models import Connection, ConnectionKey
from estates.jobs.models import Job, Status
from estates.jobs.run import Run
from estates.jobs.work import claim, work
from estates.syndication.models import Listing, Plan
from estates.syndication.pushing import polling, sending
from tests.syndication.pushing import making

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def account(box):
    return box.seeki.accounts["martin"]


@pytest.fixture
def under_way(plan, box, sent):
    """So many listings that Seeki has taken up, with that fault."""

    def make(count=3, fault="", **options):
        making.looked_at(making.listings(plan, making.estates(plan.agency, count)))
        if fault:
            box.fault(fault, operation="send_listings", times=1, **options)
        assert sent().status == Status.DONE

    return make


def change(model=Listing, **fields):
    model.objects.across_agencies().update(**fields)


def calls(box, operation="import_status") -> list:
    return [entry for entry in box.received if entry.operation == operation]


def test_what_is_published_is_online_for_sixty_days(plan, under_way, asked, rows, seeki, box):
    under_way()
    asked()
    online = box.seeki.accounts["martin"].online
    for listing in rows(plan):
        assert (listing.stage, listing.poll_at) == ("done", None)
        assert listing.listing_id == online[listing.external_id].listing_id
        assert abs(listing.live_until - online[listing.external_id].expires_at) < timedelta(seconds=30)
        assert listing.live_until <= online[listing.external_id].expires_at
        assert listing.due_at > timezone.now() + 29 * DAY
        assert [event.what for event in listing.events.order_by("pk")] == ["sent", "published"]


def test_questions_come_later_each_time(plan, under_way, account, asked, rows, box):
    account.delay = 1e9
    under_way(1)
    waits = []
    for _ in range(10):
        asked()
        row = rows(plan)[0]
        waits.append((row.poll_at - timezone.now()).total_seconds())
    hours = [3_600 * n for n in (1, 2, 4, 6, 6, 6)]
    assert [round(wait) for wait in waits] == [15, 60, 300, 900, *hours]
    assert row.polls == 10


def test_a_job_goes_on_by_itself_while_there_is_something_to_ask_soon(plan, under_way, account, rows):
    account.delay = 1e9
    under_way(1)
    job = polling.start_polling(plan)
    change(poll_at=timezone.now())
    change(Job, not_before=timezone.now())
    work(job.pk)
    job.refresh_from_db()
    assert job.status == Status.QUEUED
    assert timezone.now() < job.not_before <= timezone.now() + polling.SOON
    account.delay = 0
    change(polls=6, poll_at=timezone.now())
    change(Job, not_before=timezone.now())
    work(job.pk)
    job.refresh_from_db()
    assert job.status == Status.DONE


def test_only_what_is_due_is_asked(plan, under_way, rows, box):
    under_way()
    Listing.objects.across_agencies().filter(external_id="estate-00001").update(poll_at=timezone.now() - HOUR)
    Listing.objects.across_agencies().exclude(external_id="estate-00001").update(poll_at=timezone.now() + DAY)
    job = polling.start_polling(plan)
    change(Job, not_before=timezone.now())
    work(job.pk)
    assert [row.stage for row in rows(plan)] == ["processing", "done", "processing"]


def test_a_plan_that_is_off_still_hears(plan, under_way, asked, rows):
    under_way()
    change(Plan, active=False)
    asked()
    assert {row.stage for row in rows(plan)} == {"done"}


def test_what_nobody_wants_any_more_is_published_and_left_to_lapse(plan, under_way, asked, rows):
    under_way(1)
    change(wanted=False)
    asked()
    row = rows(plan)[0]
    assert (row.stage, row.due_at) == ("done", None)
    assert row.live_until > timezone.now() + 59 * DAY


def test_what_fails_for_what_is_in_it_is_for_a_person(plan, under_way, asked, rows):
    under_way(2, "fails_later", value="1 GEOCODE_ADDRESS_NOT_FOUND")
    asked()
    assert [(row.stage, row.code) for row in rows(plan)] == [
        ("refused", "GEOCODE_ADDRESS_NOT_FOUND"),
        ("done", ""),
    ]
    assert rows(plan)[0].words


@pytest.mark.parametrize("code", ["INTERNAL_ERROR", "INFRA_QUEUE_REJECTED"])
def test_what_fails_for_want_of_time_is_sent_again(plan, under_way, asked, sent, rows, code):
    under_way(1, "fails_later", value=f"1 {code}")
    asked()
    row = rows(plan)[0]
    assert (row.stage, row.code, row.tries) == ("due", code, 1)
    change(due_at=timezone.now())
    sent()
    asked()
    assert (rows(plan)[0].stage, rows(plan)[0].tries) == ("done", 0)


def test_an_import_that_was_lost_is_taken_up_again_by_its_id(plan, under_way, asked, rows, box):
    under_way(2, "infra_lost", value="1")
    asked()
    assert len(calls(box, "retry_import")) == 1
    lost = rows(plan)[0]
    assert (lost.stage, lost.tries) == ("processing", 1) or lost.stage == "done"
    asked()
    assert {row.stage for row in rows(plan)} == {"done"}
    assert len(calls(box, "send_listings")) == 1


def test_after_three_times_it_is_sent_again(plan, under_way, asked, sent, rows, box):
    under_way(1, "infra_lost")
    box.fault("infra_lost", operation="retry_import")
    for _ in range(4):
        asked()
    assert len(calls(box, "retry_import")) == 3
    row = rows(plan)[0]
    assert (row.stage, row.code, row.tries) == ("due", "INFRA_LOST", 4)
    box.clear_faults()
    change(due_at=timezone.now())
    sent()
    asked()
    assert rows(plan)[0].stage == "done"


def test_what_cannot_be_taken_up_again_is_sent_again(plan, under_way, asked, rows, box):
    under_way(1, "infra_lost")
    box.fault("message_string", operation="retry_import")
    asked()
    assert (rows(plan)[0].stage, rows(plan)[0].code) == ("due", "INFRA_LOST")


def test_what_nobody_wants_is_not_taken_up_again(plan, under_way, asked, rows, box):
    under_way(1, "infra_lost")
    change(wanted=False)
    asked()
    assert calls(box, "retry_import") == []
    assert (rows(plan)[0].stage, rows(plan)[0].due_at) == (Listing.Stage.NONE, None)


def test_an_import_that_never_ends_is_given_up_after_two_days(plan, under_way, asked, rows, time_machine):
    under_way(2, "never_ends", value="1")
    asked()
    time_machine.move_to(timezone.now() + timedelta(hours=47))
    asked()
    assert [row.stage for row in rows(plan)] == ["processing", "done"]
    time_machine.move_to(timezone.now() + timedelta(hours=2))
    asked()
    row = rows(plan)[0]
    assert (row.stage, row.code, row.words, row.due_at) == ("refused", "NO_ANSWER", "processing", None)


def test_what_is_online_is_sent_again_instead(plan, under_way, asked, rows):
    under_way(1, "never_ends")
    until = timezone.now() + 20 * DAY
    change(sent_at=timezone.now() - 3 * DAY, live_since=timezone.now(), live_until=until)
    asked()
    row = rows(plan)[0]
    assert (row.stage, row.code, row.live_until) == ("due", "NO_ANSWER", until)
    assert row.due_at < timezone.now() + HOUR


def test_what_is_only_answered_errors_is_sent_again_after_two_days(plan, under_way, asked, rows, box):
    under_way(2)
    item = rows(plan)[0].import_item_id
    box.fault("error_500", path=f"*{item}*")
    asked()
    assert [row.stage for row in rows(plan)] == ["processing", "done"]
    change(sent_at=timezone.now() - 3 * DAY)
    asked()
    assert rows(plan)[0].stage == "due"


@pytest.mark.parametrize("fault", ["error_500", "not_found", "not_json", "dropped", "message_string"])
def test_one_question_that_fails_holds_no_other_up(plan, under_way, asked, rows, box, fault):
    under_way(3)
    box.fault(fault, path=f"*{rows(plan)[0].import_item_id}*", times=1)
    asked()
    first, *others = rows(plan)
    assert {row.stage for row in others} == {"done"}
    assert (first.stage, first.polls) == ("processing", 1)
    asked()
    assert rows(plan)[0].stage == "done"


def test_while_seeki_is_down_the_job_waits(plan, under_way, finish, rows, box):
    under_way(3)
    box.fault("unavailable_503")
    change(poll_at=timezone.now())
    job = polling.start_polling(plan)
    change(Job, not_before=timezone.now())
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.error_kind) == (Status.WAITING, "unreachable")
    assert {(row.stage, row.polls) for row in rows(plan)} == {("processing", 1)}


@pytest.mark.parametrize(("fault", "kind"), [("wrong_key", "unauthorised"), ("throttled", "throttled")])
def test_what_is_about_the_caller_counts_for_no_listing(plan, under_way, rows, box, fault, kind):
    under_way(3)
    box.fault(fault)
    change(poll_at=timezone.now() - HOUR, sent_at=timezone.now() - 3 * DAY)
    job = polling.start_polling(plan)
    change(Job, not_before=timezone.now())
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.error_kind) == (Status.WAITING, kind)
    assert {(row.stage, row.polls, row.poll_at < timezone.now()) for row in rows(plan)} == {
        ("processing", 0, True)
    }


def test_what_was_sent_again_while_it_was_asked_about_keeps_waiting(plan, under_way, rows, monkeypatch):
    under_way(1)
    real = polling._heard

    def heard_too_late(*of):
        heard = real(*of)
        change(import_item_id="newer", poll_at=timezone.now() + DAY)
        return heard

    monkeypatch.setattr(polling, "_heard", heard_too_late)
    change(poll_at=timezone.now())
    job = polling.start_polling(plan)
    change(Job, not_before=timezone.now())
    work(job.pk)
    row = rows(plan)[0]
    assert (row.stage, row.live_until, row.polls) == ("processing", None, 0)


def test_what_was_changed_meanwhile_goes_out_at_once(plan, under_way, asked, sent, rows, account):
    under_way(1)
    Estate.objects.for_agency(plan.agency).update(price=99)
    change(digest="f" * 32)
    asked()
    row = rows(plan)[0]
    assert (row.stage, row.due_at <= timezone.now()) == ("due", True)
    sent()
    asked()
    assert rows(plan)[0].stage == "done"
    assert account.listings["estate-00000"].payload["price"] == 99


@pytest.mark.parametrize("gone", ["connection", "key"])
def test_without_a_key_nobody_is_asked(plan, under_way, rows, finish, box, gone):
    under_way(1)
    if gone == "key":
        ConnectionKey.objects.all().delete()
    else:
        change(Connection, removed_at=timezone.now())
    change(poll_at=timezone.now())
    assert finish(polling.start_polling(plan)).status == Status.CANCELLED
    assert calls(box) == []


def test_ten_are_asked_at_once(plan, under_way, asked, box, rows):
    under_way(30)
    box.fault("slow", operation="import_status", value="200")
    began = timezone.now()
    asked()
    assert timezone.now() - began < timedelta(seconds=3)
    assert {row.stage for row in rows(plan)} == {"done"}


def test_slices_go_on_and_tell_how_far_they_are(plan, under_way, settings, monkeypatch, rows):
    monkeypatch.setattr(polling, "PIECE", 4)
    under_way(10)
    settings.JOB_SLICE_SECONDS = 0
    change(poll_at=timezone.now())
    job = polling.start_polling(plan)
    for done in (4, 8, 10):
        change(Job, not_before=timezone.now())
        work(job.pk)
        job.refresh_from_db()
        assert (job.done, job.phase) == (done, "asking")
    assert {row.stage for row in rows(plan)} == {"done"}


def test_the_job_is_the_one_that_is_in_line(plan, member):
    person = member(plan.agency)
    job = polling.start_polling(plan, actor=person)
    assert polling.start_polling(plan) == job
    assert (job.asked_by, job.params, job.subject) == (person, {"plan": plan.pk}, f"plan:{plan.pk}")


def test_a_sending_puts_one_in_line_together_with_what_it_took_in(plan, box):
    making.listings(plan, making.estates(plan.agency, 1))
    job = claim(sending.start_sending(plan).pk)
    sending.send(Run(job))
    assert Job.objects.for_agency(plan.agency).filter(kind=polling.KIND, status=Status.QUEUED).count() == 1
