"""What the timer starts, what it leaves alone, and what it writes down."""

from datetime import timedelta

import pytest
from django.utils import timezone

from estates.catalogue.models import Estate
from estates.connections.models import Connection, ConnectionKey
from estates.connections.vault import seal
from estates.jobs.models import Job, Status
from estates.remotes.secret import Secret
from estates.syndication import keeping
from estates.syndication.models import Listing, Plan
from tests.syndication.pushing import making

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
LOOK, SEND, POLL, FEED = "syndication.look", "syndication.send", "syndication.poll", "syndication.send_feed"


@pytest.fixture
def kept():
    """Runs the keeper and gives the kinds of the jobs that are in line then."""

    def run() -> list[str]:
        keeping.keep()
        jobs = Job.objects.across_agencies().filter(status=Status.QUEUED)
        return sorted(jobs.values_list("kind", flat=True))

    return run


@pytest.fixture
def due(plan):
    return making.listings(plan, making.estates(plan.agency, 2), due_at=timezone.now() - MINUTE)


def change(model, **fields):
    model.objects.across_agencies().update(**fields)


def end(status=Status.FAILED, ago=timedelta(), **fields):
    """All jobs end so."""
    change(Job, status=status, finished_at=timezone.now() - ago, **fields)


def test_nothing_is_started_where_nothing_is_due(plan, kept):
    making.listings(plan, making.estates(plan.agency, 1), due_at=timezone.now() + HOUR)
    assert kept() == []


def test_what_is_due_is_sent(plan, due, kept):
    assert kept() == [SEND]
    job = Job.objects.for_agency(plan.agency).get()
    assert (job.params, job.subject) == ({"plan": plan.pk}, f"plan:{plan.pk}")


def test_two_timers_start_it_once(due, kept):
    kept()
    assert kept() == [SEND]


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Plan, {"active": False}),
        (Connection, {"removed_at": timezone.now()}),
        (Listing, {"wanted": False}),
        (Listing, {"due_at": None}),
        (Estate, {"gone_at": timezone.now() - 2 * DAY}),
    ],
)
def test_nothing_is_sent_without_reason(plan, due, kept, model, fields):
    change(model, **fields)
    assert SEND not in kept()


def test_what_a_dead_worker_was_sending_is_sent(due, kept):
    change(Listing, stage="sending")
    assert kept() == [SEND]


@pytest.mark.parametrize("status", [Status.FAILED, Status.CANCELLED])
def test_after_a_failure_the_next_try_is_in_an_hour(due, kept, status):
    kept()
    end(status, ago=HOUR - MINUTE, error_kind="unreachable")
    assert kept() == []
    end(status, ago=HOUR + MINUTE)
    assert kept() == [SEND]


def test_after_success_there_is_no_wait(due, kept):
    kept()
    end(Status.DONE)
    assert kept() == [SEND]


@pytest.mark.parametrize("kind", ["unauthorised", "wrongenvironment"])
def test_a_key_that_is_not_accepted_is_tried_once_a_day(due, kept, kind):
    kept()
    end(ago=DAY - MINUTE, error_kind=kind)
    assert kept() == []
    end(ago=DAY + MINUTE, error_kind=kind)
    assert kept() == [SEND]


def test_a_new_key_is_tried_at_once(plan, due, kept):
    kept()
    end(ago=MINUTE, error_kind="unauthorised")
    ConnectionKey.objects.filter(connection=plan.connection).delete()
    ConnectionKey.objects.create(connection=plan.connection, ciphertext=seal(Secret("x")), last_four="x")
    assert kept() == [SEND]


def test_a_pending_key_changes_nothing_yet(plan, due, kept):
    ConnectionKey.objects.update(stored_at=timezone.now() - 2 * DAY)
    kept()
    end(ago=MINUTE, error_kind="unauthorised")
    ConnectionKey.objects.create(
        connection=plan.connection, ciphertext=seal(Secret("x")), last_four="x", standing="pending"
    )
    assert kept() == []


def test_another_plans_failure_holds_nobody_up(plan, due, other_agency, kept):
    other = making.plan(other_agency)
    kept()
    end(ago=MINUTE)
    making.listings(other, making.estates(other_agency, 1), due_at=timezone.now())
    kept()
    assert Job.objects.for_agency(other_agency).filter(kind=SEND).count() == 1
    assert Job.objects.for_agency(plan.agency).filter(kind=SEND).count() == 1


def test_a_plan_that_cannot_be_kept_holds_nobody_up(plan, due, other_agency, kept, monkeypatch, caplog):
    other = making.plan(other_agency)
    making.listings(other, making.estates(other_agency, 1), due_at=timezone.now())
    real = keeping.keep_plan

    def keep_plan(given, now):
        if given == plan:
            raise RuntimeError("broken")
        real(given, now)

    monkeypatch.setattr(keeping, "keep_plan", keep_plan)
    assert kept() == [SEND]
    assert "could not be kept" in caplog.text


@pytest.mark.parametrize("active", [True, False])
def test_seeki_is_asked_about_imports_even_while_the_plan_is_off(plan, due, kept, active):
    change(Plan, active=active)
    change(Listing, due_at=None, stage="processing", import_item_id="i", poll_at=timezone.now())
    assert kept() == [POLL]


def test_a_question_of_later_is_not_asked_now(due, kept):
    change(Listing, due_at=None, stage="processing", import_item_id="i", poll_at=timezone.now() + MINUTE)
    assert kept() == []


@pytest.mark.parametrize("field", ["changed_at", "gone_at"])
def test_a_changed_catalogue_is_looked_through(plan, kept, field):
    now = timezone.now()
    making.estates(plan.agency, 1)
    change(Plan, looked_at=now - HOUR, changed_at=now - DAY)
    assert kept() == []
    change(Estate, **{field: now - MINUTE})
    assert kept() == [LOOK]


def test_another_agencys_changes_are_no_reason_to_look(plan, other_agency, kept):
    now = timezone.now()
    change(Plan, looked_at=now - HOUR, changed_at=now - DAY)
    making.estates(other_agency, 1, changed_at=now)
    assert kept() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"looked_at": None},
        {"looked_at": timezone.now() - HOUR, "changed_at": timezone.now()},
        {"looked_at": timezone.now() - DAY - MINUTE, "changed_at": timezone.now() - 9 * DAY},
    ],
)
def test_new_rules_and_a_new_day_are_reasons_to_look(plan, kept, fields):
    change(Plan, **fields)
    assert kept() == [LOOK]
    change(Job, status=Status.DONE)
    change(Plan, active=False)
    assert kept() == []


@pytest.mark.parametrize(("ago", "again"), [(HOUR - MINUTE, []), (HOUR + MINUTE, [FEED])])
def test_listings_of_a_file_are_sent_again_out_of_it(plan, kept, ago, again):
    file, other = making.feed(plan), making.feed(plan)
    for number in range(3):
        making.feed_listing(plan, file, f"f{number}", due_at=timezone.now() - MINUTE)
    making.feed_listing(plan, other, "o1", due_at=timezone.now() + DAY)
    making.feed_listing(plan, other, "o2", due_at=timezone.now() - DAY, wanted=False)
    assert kept() == [FEED]
    job = Job.objects.for_agency(plan.agency).get()
    assert (job.params["feed"], job.params["due_only"]) == (file.pk, True)
    end(ago=ago)
    assert kept() == again


def test_not_out_of_a_file_that_is_gone(plan, kept):
    making.feed_listing(plan, making.feed(plan, stored_as=""), "f1", due_at=timezone.now() - MINUTE)
    assert kept() == []


def test_what_lost_its_next_sending_gets_one(plan, kept):
    now = timezone.now()
    lost = making.listings(plan, making.estates(plan.agency, 1), stage="done", due_at=None)[0]
    change(Listing, live_until=now + 31 * DAY)
    assert kept() == []
    change(Listing, live_until=now + 29 * DAY)
    assert kept() == [SEND]
    lost.refresh_from_db()
    assert lost.stage == "due"


@pytest.mark.parametrize("fields", [{"wanted": False}, {"stage": "refused"}, {"stage": "held"}])
def test_what_is_not_to_be_sent_gets_none(plan, kept, fields):
    given = {"stage": "done"} | fields
    making.listings(plan, making.estates(plan.agency, 1), due_at=None, **given)
    change(Listing, live_until=timezone.now() + DAY)
    assert kept() == []


def test_a_lapse_is_written_down_once(plan, kept):
    now = timezone.now()
    over, live = making.listings(
        plan, making.estates(plan.agency, 2), stage="done", wanted=False, due_at=None, live_since=now - DAY
    )
    for listing, until in ((over, now - MINUTE), (live, now + MINUTE)):
        Listing.objects.across_agencies().filter(pk=listing.pk).update(live_until=until)
    kept()
    kept()
    assert [event.what for event in over.events.all()] == ["lapsed"]
    assert not live.events.exists()
    over.refresh_from_db()
    assert (over.stage, over.live_since, over.live_until) == (Listing.Stage.NONE, None, now - MINUTE)


def test_a_lapse_of_what_is_wanted_leaves_it_in_line(plan, due, kept):
    now = timezone.now()
    change(Listing, live_since=now - DAY, live_until=now - MINUTE)
    assert kept() == [SEND]
    assert set(Listing.objects.across_agencies().values_list("stage", "live_since")) == {("due", None)}


def test_many_lapses_are_written_down_in_pieces(plan, kept):
    now = timezone.now()
    making.listings(plan, making.estates(plan.agency, 1_100), stage="done", wanted=False, due_at=None)
    change(Listing, live_since=now - DAY, live_until=now - MINUTE)
    assert keeping.note_lapsed(now) == 1_100
    assert keeping.note_lapsed(now) == 0


def test_the_alarm_is_about_what_should_stay_and_has_little_time_left(plan, other_agency):
    now = timezone.now()
    some = making.listings(plan, making.estates(plan.agency, 5), due_at=None)
    for listing, days in zip(some, (15, 13, -1, 13, None), strict=True):
        listing.live_until = now + days * DAY if days else None
    some[3].wanted = False
    Listing.objects.across_agencies().bulk_update(some, ["live_until", "wanted"])
    assert list(keeping.lapsing_soon(plan.agency)) == [some[2], some[1]]
    assert not keeping.lapsing_soon(other_agency).exists()
    change(Plan, active=False)
    assert not keeping.lapsing_soon(plan.agency).exists()
