"""What of a plan waits to be sent or asked about."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from estates.connections.models import Connection
from estates.jobs.run import Cancelled, Run
from estates.syndication.models import Listing, Plan

Stage = Listing.Stage


def due(plan: Plan, now: datetime) -> QuerySet[Listing]:
    """The estates' listings whose time has come, those that a dead worker was sending among them.

    An estate that is gone is not sent, whatever the last look through the catalogue said.
    """
    return _wanted(plan, now).filter(estate__gone_at=None, estate__isnull=False)


def due_of_feeds(plan: Plan, now: datetime) -> QuerySet[Listing]:
    """The listings of feed files whose time has come: they are sent again out of their file."""
    return _wanted(plan, now).filter(estate=None, feed_item__isnull=False)


def _wanted(plan: Plan, now: datetime) -> QuerySet[Listing]:
    return Listing.objects.for_agency(plan.agency).filter(plan=plan, wanted=True, due_at__lte=now)


def to_ask(plan: Plan) -> QuerySet[Listing]:
    """The listings whose import Seeki has not ended yet, as far as is known here."""
    rows = Listing.objects.for_agency(plan.agency).filter(plan=plan, stage=Stage.PROCESSING)
    return rows.filter(poll_at__isnull=False)


def subject_of(plan: Plan) -> str:
    return f"plan:{plan.pk}"


def plan_of(run: Run) -> Plan:
    """The plan that a job is about. Raises `Cancelled` where it is no more, or its connection is removed."""
    live = Connection.objects.for_agency(run.agency).filter(removed_at=None)
    plans = Plan.objects.for_agency(run.agency).filter(connection__in=live)
    plan = plans.select_related("agency", "connection__agency").filter(pk=run.params["plan"]).first()
    if plan is None:
        raise Cancelled
    return plan


def is_active(plan: Plan) -> bool:
    """Whether it is switched on now, which may differ from when it was read."""
    return Plan.objects.for_agency(plan.agency).filter(pk=plan.pk, active=True).exists()
