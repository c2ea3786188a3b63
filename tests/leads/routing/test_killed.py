"""Whatever a worker dies at while it routes: each lead is given once, each turn counted once, each mail sent once."""

import pytest
from django.core import mail
from django.utils import timezone

from estates.jobs.models import Job, Status
from estates.jobs.work import work
from estates.leads.filing import start_filing
from estates.leads.models import Lead, LeadEvent, LeadOffer, Notice, RoutingRule
from estates.leads.models.leads import Way
from estates.leads.routing import claim as claiming
from estates.leads.routing import route as routing
from estates.leads.saving import save

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The process is gone: nothing below catches it."""


def dying(function, times, when):
    """The function, whose process dies before or after the call of that number."""
    calls = []

    def call(*arguments, **named):
        calls.append(1)
        dies = len(calls) == times
        if dies and when == "before":
            raise Killed
        answer = function(*arguments, **named)
        if dies:
            raise Killed
        return answer

    return call


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("name", "times"), [("take", 1), ("take", 2), ("notify", 1), ("first_match", 3)])
def test_filing_that_dies_gives_each_lead_once(
    agency, connected, draft, rule, colleague, mailed, monkeypatch, name, times, when
):
    rule(colleague("ana"), colleague("bob"))
    save(connected(agency), [draft(each, happened_at=timezone.now()) for each in "123"], Way.READ)
    job = start_filing(agency)
    with monkeypatch.context() as patched:
        patched.setattr(routing, name, dying(getattr(routing, name), times, when))
        with pytest.raises(Killed):
            work(job.pk)
    assert not Lead.objects.for_agency(agency).exclude(assignee=None).exists()
    assert not Notice.objects.for_agency(agency).exists()
    Job.objects.for_agency(agency).filter(pk=job.pk).update(
        status=Status.QUEUED, claim="", not_before=timezone.now()
    )
    assert work(job.pk)
    given = Lead.objects.for_agency(agency).order_by("pk").values_list("assignee__name", flat=True)
    assert list(given) == ["Ana", "Bob", "Ana"]
    assert LeadEvent.objects.filter(lead__agency=agency).count() == 3
    assert RoutingRule.objects.for_agency(agency).get().last_given == colleague("ana").pk
    assert len(mailed(mail.outbox)) == 3


@pytest.mark.parametrize("name", ["take", "notify"])
def test_a_timer_that_dies_ends_an_offer_once(agency, rule, colleague, come, mailed, monkeypatch, name):
    rule(colleague("ana"), target="first", fallback=colleague("cid"))
    come("1")
    mailed(mail.outbox)
    LeadOffer.objects.for_agency(agency).update(until=timezone.now())
    with monkeypatch.context() as patched:
        patched.setattr(claiming, name, dying(getattr(claiming, name), 1, "after"))
        with pytest.raises(Killed):
            claiming.end_lapsed_offers()
    assert LeadOffer.objects.for_agency(agency).get().ended_at is None
    assert claiming.end_lapsed_offers() == 1
    told = [to for to, _subject in mailed(mail.outbox)]
    assert told == ["ana@colleagues.example", "cid@colleagues.example"]
