"""Events are written in the transaction of what happens, for whoever wants to be told, and nobody else."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from estates.catalogue.finishing import mark_gone
from estates.catalogue.models import Estate
from estates.jobs.models import Job
from estates.jobs.start import start
from estates.jobs.work import settle
from estates.leads.inbox import verbs
from estates.leads.models import Lead, State
from estates.webhooks.kinds import EventType
from estates.webhooks.models import Delivery, Event, Subscription
from estates.webhooks.tell import tell
from tests import canaries

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


def told(agency) -> list[tuple[str, str, dict]]:
    rows = Event.objects.for_agency(agency).order_by("pk")
    return [(str(row.type), row.subject, row.detail) for row in rows]


def test_where_nobody_listens_nothing_is_written(agency):
    assert tell(agency, EventType.LEAD_CREATED, [1, 2]) == 0
    assert told(agency) == []


def test_every_listener_gets_a_message_of_each_event_that_it_wants(web, agency, other_agency, subscribed):
    leads = subscribed(agency, events=["lead.created", "lead.updated"])
    both = subscribed(agency, events=["lead.created", "estate.gone"])
    subscribed(agency, events=["estate.gone"])
    subscribed(other_agency)
    assert tell(agency, EventType.LEAD_CREATED, [7, 8], NOW, state="new") == 4
    assert told(agency) == [
        ("lead.created", "7", {"state": "new"}),
        ("lead.created", "8", {"state": "new"}),
    ]
    rows = Delivery.objects.for_agency(agency)
    assert {row.subscription_id for row in rows} == {leads.pk, both.pk}
    assert {row.due_at for row in rows} == {NOW}
    assert told(other_agency) == []


def test_who_has_paused_is_not_told_and_who_was_given_up_is_kept_informed(web, agency, subscribed):
    subscribed(agency, status="INACTIVE")
    assert tell(agency, EventType.LEAD_CREATED, [1]) == 0
    given_up = subscribed(agency)
    Subscription.objects.for_agency(agency).filter(pk=given_up.pk).update(disabled_at=NOW)
    assert tell(agency, EventType.LEAD_CREATED, [1]) == 1


def test_what_is_rolled_back_was_never_told(web, agency, subscribed):
    subscribed(agency)
    with transaction.atomic():
        tell(agency, EventType.LEAD_CREATED, [1])
        transaction.set_rollback(True)
    assert told(agency) == []
    assert not Delivery.objects.for_agency(agency).exists()


class TestWhatHappens:
    @pytest.fixture
    def rows(self, web, agency, subscribed):
        rows = canaries.fill(agency, "Colibri")
        Subscription.objects.for_agency(agency).delete()
        Event.objects.for_agency(agency).delete()
        subscribed(agency)
        return rows

    def test_an_estate_that_is_gone(self, agency, rows):
        estate = rows["estate"]
        mark_gone(estate.connection, [estate.pk], NOW)
        assert told(agency) == [("estate.gone", estate.remote_id, {})]
        mark_gone(estate.connection, [estate.pk], NOW)
        assert len(told(agency)) == 1, "it was gone before"

    def test_a_lead_that_is_moved_on(self, agency, rows):
        lead = Lead.objects.for_agency(agency).select_related("agency").get(pk=rows["lead"].pk)
        verbs.set_state([lead], State.CONTACTED, None)
        assert told(agency) == [("lead.updated", str(lead.pk), {"state": "contacted"})]
        verbs.set_state([lead], State.CONTACTED, None)
        assert len(told(agency)) == 1, "somebody was quicker, and nothing changed"

    def test_a_job_that_fails_for_good(self, agency, rows):
        job = start(agency, "catalogue.sync", subject="connection:1")
        claimed(job)
        settle(job, "waiting", event="postponed")
        assert told(agency) == []
        claimed(job)
        settle(job, "failed", event="failed")
        assert told(agency) == [("job.failed", str(job.pk), {"kind": "catalogue.sync"})]

    def test_that_telling_failed_is_not_told(self, agency, rows):
        job = start(agency, "webhooks.deliver", subject="subscription:0")
        claimed(job)
        settle(job, "failed", event="failed")
        assert told(agency) == []


def claimed(job: Job) -> None:
    Job.objects.across_agencies().filter(pk=job.pk).update(status="running", claim="me")
    job.claim = "me"


def test_a_listing_tells_what_is_new_and_what_changed(web, agency, subscribed, catalogue):
    subscribed(agency, events=["estate.created", "estate.changed"])
    catalogue(agency, "A", "B")
    catalogue(agency, "A", "B")
    assert told(agency) == [("estate.created", "A", {}), ("estate.created", "B", {})]
    catalogue(agency, "A", ("B", "other title"))
    assert told(agency)[2:] == [("estate.changed", "B", {})]
    estate = Estate.objects.for_agency(agency).get(remote_id="A")
    mark_gone(estate.connection, [estate.pk], NOW)
    catalogue(agency, "A")
    assert told(agency)[3:] == [("estate.changed", "A", {})], "listed again"
