"""A refused request tells of a listing's fault only where others pass; else nobody knows, and everything waits."""

import pytest
from django.utils import timezone

from estates.jobs.models import Status
from estates.jobs.work import work
from estates.syndication.models import Batch, Listing
from estates.syndication.pushing import doubts, sending
from portal.sandbox.seeki import calls
from portal.sandbox.seeki.codes import CodedRefusal
from tests.syndication.pushing import making

REFUSED = {"REQUEST_REFUSED"}


@pytest.fixture
def due(plan):
    """So many listings that are due."""
    return lambda count=3, **fields: making.listings(plan, making.estates(plan.agency, count), **fields)


@pytest.fixture
def poisonous(monkeypatch):
    """`poisonous(3, 5)`: a request with one of these is refused as a whole; without numbers, every one."""

    def poison(*numbers, status=400):
        named = {f"estate-{number:05}" for number in numbers}
        real = calls.listings_in

        def read(body):
            found = real(body)
            if not named or named & {listing["external_id"] for listing in found}:
                raise CodedRefusal(status, "VALIDATION_FAILED", "the request is malformed", {})
            return found

        monkeypatch.setattr(calls, "listings_in", read)

    return poison


def stages(found) -> dict[str, int]:
    names = [row.stage for row in found]
    return {name: names.count(name) for name in set(names)}


def sizes() -> list[int]:
    return list(Batch.objects.across_agencies().order_by("pk").values_list("items", flat=True))


@pytest.mark.parametrize("status", [400, 413, 422])
@pytest.mark.parametrize("count", [1, 3, 40])
def test_while_seeki_refuses_everything_nothing_is_marked(
    plan, due, box, sent, rows, poisonous, count, status
):
    due(count)
    poisonous(status=status)
    job = sent()
    assert (job.status, job.error_kind) == (Status.FAILED, "toolarge" if status == 413 else "refused")
    assert "malformed" in job.error
    assert stages(rows(plan)) == {"due": count}
    assert {(row.code, row.tries, row.due_at <= timezone.now()) for row in rows(plan)} == {("", 0, True)}
    assert not any(row.events.exists() for row in rows(plan))


def test_it_is_soon_known(plan, due, box, sent, poisonous):
    due(200)
    poisonous()
    sent()
    asked = sizes()
    assert asked[:9] == [200, 100, 50, 25, 13, 7, 4, 2, 1]
    assert asked[9:] == [1] * (doubts.MOST - 1)


def test_then_everything_goes_out_when_seeki_is_well_again(
    plan, due, box, sent, rows, poisonous, monkeypatch
):
    due(20)
    with monkeypatch.context() as patched:
        patched.setattr(calls, "listings_in", calls.listings_in)
        poisonous()
        sent()
    monkeypatch.undo()
    assert sent().status == Status.DONE
    assert stages(rows(plan)) == {"processing": 20}


@pytest.mark.parametrize("bad", [(0,), (19,), (0, 19), range(6), range(0, 20, 3)])
def test_the_poisonous_are_marked_and_the_others_go_out(plan, due, box, sent, rows, poisonous, bad):
    due(20)
    poisonous(*bad)
    assert sent().status == Status.DONE
    marked = [row for row in rows(plan) if row.stage == "refused"]
    assert [row.external_id for row in marked] == [f"estate-{number:05}" for number in bad]
    assert {row.code for row in marked} == REFUSED
    assert stages(rows(plan)) == {"refused": len(bad), "processing": 20 - len(bad)}


def test_many_in_a_row_at_the_head_do_not_look_like_all(plan, due, box, sent, rows, poisonous):
    due(60)
    poisonous(*range(25))
    assert sent().status == Status.DONE
    assert stages(rows(plan)) == {"refused": 25, "processing": 35}


def test_what_was_sent_alone_to_find_out_is_not_sent_twice(plan, due, box, sent, rows, poisonous):
    due(8)
    poisonous(0)
    sent()
    accepted = Batch.objects.across_agencies().values_list("accepted", flat=True)
    assert sum(accepted) == 7
    assert {row.events.count() for row in rows(plan)} == {1}


def test_one_that_is_alone_waits_until_another_one_passes(plan, due, box, sent, rows, poisonous):
    due(1)
    poisonous(0)
    assert sent().status == Status.FAILED
    assert stages(rows(plan)) == {"due": 1}
    making.listings(plan, making.estates(plan.agency, 2, first=1))
    assert sent().status == Status.DONE
    assert stages(rows(plan)) == {"refused": 1, "processing": 2}


def test_what_goes_out_by_itself_is_no_reason_to_keep_the_next_load_waiting(
    plan, due, box, sent, rows, poisonous
):
    """Listings that an answer did not name go one by one, the bad one first."""
    due(4, code="UNANSWERED", tries=3)
    poisonous(0)
    assert sent().status == Status.DONE
    assert sizes() == [1, 1, 1, 1]
    assert stages(rows(plan)) == {"refused": 1, "processing": 3}


@pytest.mark.parametrize("bad", [(0,), (0, 1, 2)])
def test_a_doubt_is_settled_before_the_slice_ends(plan, due, box, sent, rows, poisonous, settings, bad):
    settings.JOB_SLICE_SECONDS = 0
    due(6, code="UNANSWERED", tries=3)
    poisonous(*bad)
    job = sending.start_sending(plan)
    assert work(job.pk)
    job.refresh_from_db()
    assert job.status == Status.QUEUED
    assert stages(rows(plan)) == {"refused": len(bad), "processing": 1, "due": 5 - len(bad)}
    assert sent().status == Status.DONE
    assert stages(rows(plan)) == {"refused": len(bad), "processing": 6 - len(bad)}


def test_once_something_has_passed_a_later_slice_knows_it(plan, due, box, finish, rows, poisonous, settings):
    settings.JOB_SLICE_SECONDS = 0
    due(2, code="UNANSWERED", tries=3)
    poisonous(1)
    assert finish(sending.start_sending(plan)).status == Status.DONE
    assert stages(rows(plan)) == {"refused": 1, "processing": 1}


def test_switched_off_in_doubt_everything_stays_due(plan, due, box, sent, rows, poisonous, monkeypatch):
    due(4)
    poisonous(0)
    seen = []

    def active(of):
        seen.append(of)
        return len(seen) < 4  # the loop, then the requests of four and of two

    monkeypatch.setattr(sending, "is_active", active)
    assert sent().status == Status.DONE
    assert stages(rows(plan)) == {"due": 4}


def test_whatever_else_is_refused_stays_due_too(plan, due, box, sent, rows):
    due(3)
    box.fault("not_found", operation="send_listings")
    assert sent().status == Status.FAILED
    assert stages(rows(plan)) == {"due": 3}


def test_the_refusals_stay_with_their_requests(plan, due, box, sent, poisonous):
    due(2)
    poisonous()
    sent()
    words = Batch.objects.across_agencies().values_list("words", flat=True)
    assert len(words) == 3
    assert all("malformed" in said for said in words)
    assert not Listing.objects.across_agencies().exclude(words="").exists()
