"""Looking through the catalogue: which estates are to be published, and what Seeki will say of each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from estates.catalogue.models import Estate
from estates.connections.models import Connection
from estates.jobs.models import Job
from estates.jobs.run import Continue, Run
from estates.jobs.start import start
from estates.syndication.considering import consider, let_lapse
from estates.syndication.forecast.looks import start_pictures
from estates.syndication.models import Listing, Plan
from estates.syndication.pushing.due import plan_of, subject_of
from estates.syndication.rules.filters import Rules, candidates, chosen

KIND = "syndication.look"
BATCH = 500
UNCOMMITTED = timedelta(seconds=10)
"""A sync dates its changes before it commits them: so much later a look may still have missed them."""


def start_look(plan: Plan, actor: User | None = None) -> Job:
    """Puts a look in line; where one is in line or under way, that is the one. A person's is in the audit trail."""
    with transaction.atomic():
        if actor is not None:
            record(plan.agency, actor, "publication.look_asked", str(plan))
        return start(
            plan.agency,
            KIND,
            subject=subject_of(plan),
            title=str(plan),
            params={"plan": plan.pk},
            asked_by=actor,
        )


def look_if_asked(connection: Connection, actor: User, **signal: Any) -> Job | None:
    """Receives `sync_asked`."""
    plan = Plan.objects.for_agency(connection.agency).filter(connection=connection, active=True).first()
    return start_look(plan, actor) if plan else None


def look(run: Run) -> None:
    """The work of `syndication.look`. Rules that change meanwhile begin it anew; nothing is sent from here."""
    plan = plan_of(run)
    at = run.checkpoint
    if at.get("version") != plan.version:
        at = _beginning(plan)
    rules, total = Rules.from_json(plan.rules), candidates(plan.agency).count()
    run.report(at["done"], total, phase="judging")
    while estates := _next(plan, at["after"]):
        now = timezone.now()
        keys = chosen(plan.agency, rules).filter(pk__gte=estates[0].pk, pk__lte=estates[-1].pk)
        at = {**at, "after": estates[-1].pk, "done": at["done"] + len(estates)}
        with run.step(done=at["done"], total=total, phase="judging", checkpoint=at):
            if consider(plan, estates, set(keys.values_list("pk", flat=True)), now):
                start_pictures(plan.agency)
        if run.out_of_time:
            raise Continue
    _drop_unlisted(run, plan)
    _end(run, plan, at)


def _beginning(plan: Plan) -> dict[str, Any]:
    began = timezone.now().isoformat()
    return {"version": plan.version, "began": began, "after": 0, "done": 0}


def _next(plan: Plan, after: int) -> list[Estate]:
    rows = candidates(plan.agency).filter(pk__gt=after).order_by("pk")
    return list(rows.defer("search_text")[:BATCH])


def _drop_unlisted(run: Run, plan: Plan) -> None:
    """What is wanted of estates that the catalogue does not list any more."""
    wanted = Listing.objects.for_agency(plan.agency).filter(plan=plan, wanted=True, estate__isnull=False)
    unlisted = wanted.exclude(estate__in=candidates(plan.agency)).order_by("pk")
    while listings := list(unlisted[:BATCH]):
        with run.step():
            let_lapse(plan, listings, timezone.now())
        if run.out_of_time:
            raise Continue


def _end(run: Run, plan: Plan, at: dict[str, Any]) -> None:
    looked_at = datetime.fromisoformat(at["began"]) - UNCOMMITTED
    with run.step():
        rows = Plan.objects.for_agency(plan.agency).filter(pk=plan.pk, version=plan.version)
        unchanged = rows.update(looked_at=looked_at)
    if not unchanged:
        raise Continue
