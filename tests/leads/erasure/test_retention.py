"""Who is due, the purge of who was listed, and the end that a remote's own limit sets."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.jobs.models import Job
from estates.leads.erasure import retention
from estates.leads.erasure.erase import KIND, Reason, erase_blanked, erase_lead
from estates.leads.erasure.retention import due, months_before, purge, silent_since, start_due_erasures
from estates.leads.models import Erasure, Lead, LeadEvent, Person, Retention
from estates.leads.models.leads import Way
from estates.leads.saving import save
from estates.leads.tasks import start_due_erasures as daily

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def manager(agency, member):
    return member(agency, Role.MANAGER)


@pytest.fixture
def silent(agency, filed, draft):
    """Jean wrote long ago, Marie long ago and now, Luc long ago and was called since."""
    now = timezone.now()
    leads = filed(
        agency,
        draft("1", email="jean@exemple.fr", happened_at=LONG_AGO),
        draft("2", email="marie@exemple.fr", happened_at=LONG_AGO),
        draft("3", email="marie@exemple.fr", happened_at=now - timedelta(days=2)),
        draft("4", email="luc@exemple.fr", happened_at=LONG_AGO),
    )
    leads[3].events.create(what="note", words="Appelé")
    return leads


def erased(agency) -> list[str]:
    rows = Lead.objects.for_agency(agency).exclude(erased_at=None).order_by("remote_id")
    return list(rows.values_list("remote_id", flat=True))


def worked_all(agency, worked) -> None:
    for job in Job.objects.for_agency(agency).filter(kind=KIND):
        worked(job)


@pytest.mark.parametrize(
    ("moment", "months", "before"),
    [
        (datetime(2026, 11, 20, 9, tzinfo=UTC), 36, datetime(2023, 11, 20, 9, tzinfo=UTC)),
        (datetime(2026, 3, 31, tzinfo=UTC), 1, datetime(2026, 2, 28, tzinfo=UTC)),
        (datetime(2024, 2, 29, tzinfo=UTC), 12, datetime(2023, 2, 28, tzinfo=UTC)),
        (datetime(2026, 1, 1, tzinfo=UTC), 1, datetime(2025, 12, 1, tzinfo=UTC)),
    ],
)
def test_months_are_those_of_the_calendar(moment, months, before):
    assert months_before(moment, months) == before


def test_who_is_due_has_neither_written_nor_been_dealt_with(agency, silent):
    since = silent_since(agency)
    assert list(due(agency, since)) == [silent[0].person]
    assert retention.last_contacts(due(agency, since), 9) == [(silent[0].person_id, LONG_AGO)]
    LeadEvent.objects.update(at=LONG_AGO + timedelta(days=5))
    assert retention.last_contacts(due(agency, since), 9)[1] == (
        silent[3].person_id,
        LONG_AGO + timedelta(days=5),
    )


def test_a_purge_takes_who_was_listed_and_nobody_who_wrote_meanwhile(
    agency, silent, manager, worked, filed, draft
):
    LeadEvent.objects.all().delete()
    since, newest = silent_since(agency), Person.objects.for_agency(agency).latest("pk").pk
    erasure = purge(agency, since, newest, manager)
    filed(agency, draft("5", email="luc@exemple.fr", happened_at=timezone.now()))
    filed(agency, draft("6", email="late@exemple.fr", happened_at=LONG_AGO))
    worked_all(agency, worked)
    assert erased(agency) == ["1"]
    erasure.refresh_from_db()
    assert (erasure.people, erasure.leads, bool(erasure.finished_at)) == (1, 1, True)
    entry = AuditEntry.objects.for_agency(agency).get(action="leads.purge_asked")
    assert entry.detail["receipt"] == erasure.number


def test_two_who_purge_at_once_start_one(agency, silent, manager):
    since = silent_since(agency)
    assert purge(agency, since, 10**6, manager).pk == purge(agency, since, 10**6, manager).pk
    assert Job.objects.for_agency(agency).filter(kind=KIND).count() == 1


def test_a_list_made_with_a_shorter_time_is_refused(agency, silent, manager):
    retention.set_retention(agency, 12, False, manager)
    since = silent_since(agency)
    retention.set_retention(agency, 24, False, manager)
    with pytest.raises(retention.TooEarly):
        purge(agency, since, 10**6, manager)
    assert not Erasure.objects.for_agency(agency).exists()


def test_a_large_purge_goes_on_slice_by_slice(agency, connected, filed, draft, manager, worked, settings):
    filed(agency, *[draft(str(n), email=f"p{n}@exemple.fr", happened_at=LONG_AGO) for n in range(180)])
    settings.JOB_SLICE_SECONDS = 0
    erasure = purge(agency, silent_since(agency), 10**6, manager)
    worked_all(agency, worked)
    erasure.refresh_from_db()
    assert (erasure.people, erasure.leads, erasure.found["leads"]) == (180, 180, 180)
    assert len(erased(agency)) == 180
    assert not Person.objects.for_agency(agency).exists()


def test_nothing_is_purged_by_itself_until_the_agency_says_so(agency, other_agency, silent, manager, worked):
    daily()
    assert not Erasure.objects.across_agencies().exists()
    retention.set_retention(agency, 36, True, manager)
    daily()
    worked_all(agency, worked)
    assert erased(agency) == ["1"]
    daily()
    assert Erasure.objects.across_agencies().count() == 1, "where nobody is due, there is nothing to do"


def test_leads_whose_time_has_ended_go_every_day(agency, other_agency, connected, draft, worked):
    now = timezone.now()
    for of in (agency, other_agency):
        past, future = now - timedelta(hours=1), now + timedelta(days=1)
        drafts = [draft("1", expires_at=past), draft("2", expires_at=future), draft("3")]
        save(connected(of), drafts, Way.POLL)
    start_due_erasures()
    start_due_erasures()
    for of in (agency, other_agency):
        assert Erasure.objects.for_agency(of).get().reason == Reason.EXPIRED
        worked_all(of, worked)
        assert erased(of) == ["1"]
    start_due_erasures()
    assert Erasure.objects.across_agencies().count() == 2


def test_what_did_not_finish_is_started_again(agency, silent):
    erase_lead(silent[0], Reason.REQUEST)
    Job.objects.for_agency(agency).filter(kind=KIND).update(status="cancelled")
    start_due_erasures()
    assert Job.objects.for_agency(agency).filter(kind=KIND, status="queued").count() == 1


def test_what_the_remote_blanked_is_blanked_here_and_the_others_stay(
    agency, connected, silent, draft, worked
):
    saved = save(connected(agency), [draft("2", is_erased=True)], Way.POLL)
    assert saved.blanked == ["2"]
    erasure = erase_blanked(connected(agency), saved.blanked)
    assert (erasure.reason, erasure.leads) == (Reason.REMOTE, 1)
    worked_all(agency, worked)
    assert erased(agency) == ["2"]
    marie = Lead.objects.for_agency(agency).get(remote_id="3")
    assert (marie.email, marie.person_id) == ("marie@exemple.fr", silent[2].person_id)
    assert erase_blanked(connected(agency), saved.blanked) is None
    assert save(connected(agency), [draft("2")], Way.POLL).erased == 1


def test_retention_is_the_usual_one_until_somebody_decides(agency, manager):
    assert retention.retention_of(agency).months == 36
    assert not Retention.objects.for_agency(agency).exists()
    retention.set_retention(agency, 24, True, manager)
    assert (retention.retention_of(agency).months, retention.retention_of(agency).automatic) == (24, True)
