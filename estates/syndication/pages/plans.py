"""An agency's plans, and what their pages show: what needs somebody, what happens, what there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Agency
from estates.connections.models import Connection, State, System
from estates.jobs.latest import latest
from estates.jobs.models import OPEN, Job, Status
from estates.syndication import looking
from estates.syndication.forecast.accuracy import Accuracy, accuracy
from estates.syndication.models import Batch, Feed, Listing, Plan
from estates.syndication.pages.lapses import Picture, picture_of
from estates.syndication.pages.online import Online, asked_online, online_in
from estates.syndication.pages.rows import Row, row_of, soon
from estates.syndication.pages.together import together
from estates.syndication.pages.unchosen import number_unchosen
from estates.syndication.pushing import figures, polling, sending
from estates.syndication.pushing.due import subject_of
from estates.syndication.standings import Standing, conditions

SHOWN = 4
"""Listings that are shown of each trouble; the list has them all."""
TELLING = timedelta(hours=1)
"""So long a job that went well is still shown."""
KINDS = (looking.KIND, sending.KIND, polling.KIND)
REFUSALS = ("refused", "toolarge")
"""Kinds of errors by which Seeki says no to a request as a whole."""
LONG = (looking.KIND, sending.KIND)
"""Their end changes the page; Seeki is asked so often that the page would never stand still."""


@dataclass(frozen=True)
class Card:
    """A connection to Seeki in a few numbers; without a plan nothing was ever chosen to be published."""

    connection: Connection
    plan: Plan | None
    counts: dict[Standing, int]
    online: Online | None
    jobs: list[Job]

    @property
    def refused(self) -> int:
        return self.counts.get(Standing.REFUSED, 0)

    @property
    def held(self) -> int:
        return self.counts.get(Standing.HELD, 0)

    @property
    def coming(self) -> int:
        return self.counts.get(Standing.COMING, 0)

    @property
    def is_sending(self) -> bool:
        """Whether listings are on their way, so that the numbers change without anybody's doing."""
        return bool(self.plan and self.plan.active and self.coming and not self.key_fails)

    @property
    def key_fails(self) -> bool:
        return self.connection.state in (State.REFUSED, State.FAILING)

    @property
    def lapses_unnoticed(self) -> bool:
        """Whether something is online that nobody keeps there."""
        return bool(self.plan and not self.plan.active and self.online and self.online.number)

    @property
    def is_looking(self) -> bool:
        return any(job.is_open and job.kind == looking.KIND for job in self.jobs)

    @property
    def reloads(self) -> bool:
        return any(job.is_open and job.kind in LONG for job in self.jobs)


class Part(NamedTuple):
    """A standing, how many listings have it, and its name as the list's filter."""

    standing: Standing
    number: int


@dataclass(frozen=True)
class Overview:
    """All that a plan's page shows."""

    card: Card
    all_refused: Job | None
    refused: list[Row]
    held: list[Row]
    soon: list[Row]
    feeds: list[Feed]
    parts: list[Part]
    unchosen: int
    picture: Picture
    accuracy: Accuracy
    batches: list[Batch]

    @property
    def total(self) -> int:
        return sum(part.number for part in self.parts)

    @property
    def percent(self) -> int | None:
        """Never rounded up to a hundred: one wrong forecast in a thousand is one."""
        return None if self.accuracy.share is None else int(self.accuracy.share * 100)

    @property
    def answers(self) -> int:
        return self.accuracy.right + self.accuracy.wrong


def connections_of(agency: Agency) -> QuerySet[Connection]:
    """The agency's connections to Seeki: those in use, and those removed of which something is still online."""
    live = Listing.objects.for_agency(agency).filter(
        plan__connection=OuterRef("pk"), live_until__gt=timezone.now()
    )
    rows = Connection.objects.for_agency(agency).filter(system=System.SEEKI)
    rows = rows.filter(Q(removed_at=None) | Exists(live))
    return rows.select_related("agency", "syndication_plan__changed_by").order_by("removed_at", "label", "pk")


def plan_of(connection: Connection) -> Plan | None:
    plan: Plan | None = getattr(connection, "syndication_plan", None)
    if plan is not None:
        plan.agency, plan.connection = connection.agency, connection
    return plan


def cards_of(agency: Agency, connections: Sequence[Connection]) -> list[Card]:
    """A card for each of the agency's connections, in two queries, however many there are."""
    cards = _cards(agency, [plan for connection in connections if (plan := plan_of(connection))])
    return [cards.get(connection.pk) or Card(connection, None, {}, None, []) for connection in connections]


def _cards(agency: Agency, plans: Sequence[Plan]) -> dict[int, Card]:
    """By the connection's id."""
    now, jobs = timezone.now(), jobs_of(agency, plans)
    rows = Listing.objects.for_agency(agency).filter(plan__in=plans).order_by().values("plan")
    found = {row["plan"]: row for row in rows.annotate(**figures.asked_counts(now), **asked_online(now))}
    return {plan.connection_id: _card(plan, found.get(plan.pk), jobs[plan.pk]) for plan in plans}


def _card(plan: Plan, row: Mapping[str, Any] | None, jobs: list[Job]) -> Card:
    return Card(plan.connection, plan, figures.counts_in(row or {}), online_in(row, plan), jobs)


def overview_of(plan: Plan) -> Overview:
    card, now = _cards(plan.agency, [plan])[plan.connection_id], timezone.now()
    of_plan = Listing.objects.for_agency(plan.agency).filter(plan=plan)
    rows, known = of_plan.select_related("estate").defer("estate__search_text"), conditions(now)
    shown = together(
        rows,
        refused=of_plan.filter(known[Standing.REFUSED]).order_by("-answered_at", "pk")[:SHOWN],
        held=of_plan.filter(known[Standing.HELD]).order_by("-judged_at", "pk")[:SHOWN],
        soon=of_plan.filter(soon(now)).order_by("live_until", "pk")[: SHOWN if plan.active else 0],
    )
    lists = {name: [row_of(listing, now) for listing in listings] for name, listings in shown.items()}
    batches = list(figures.last_batches(plan))
    asking = Feed.objects.for_agency(plan.agency).filter(plan=plan, removal=Feed.Removal.ASKING)
    return Overview(
        card=card,
        all_refused=_all_refused(card.jobs, batches),
        **lists,
        feeds=list(asking.order_by("-pk")[:SHOWN]),
        parts=[Part(standing, number) for standing, number in card.counts.items()],
        unchosen=number_unchosen(plan),
        picture=picture_of(plan),
        accuracy=accuracy(plan),
        batches=batches,
    )


def jobs_of(agency: Agency, plans: Sequence[Plan]) -> dict[int, list[Job]]:
    """The latest job of each kind about each plan, by its id, as long as it has something to say."""
    found = latest(agency, KINDS, [subject_of(plan) for plan in plans])
    return {
        plan.pk: [
            job for kind in KINDS if (job := found.get((kind, subject_of(plan)))) is not None and _tells(job)
        ]
        for plan in plans
    }


def _all_refused(jobs: list[Job], batches: list[Batch]) -> Job | None:
    """The last sending, where Seeki refused each of its requests."""
    job = next((job for job in jobs if job.kind == sending.KIND), None)
    if job is None or job.status != Status.FAILED or job.error_kind not in REFUSALS:
        return None
    mine = (batch for batch in batches if batch.job_id == job.pk)
    was_answered = any(batch.job_was_answered for batch in mine)  # type: ignore[attr-defined]
    return None if was_answered else job


def _tells(job: Job) -> bool:
    if job.status in (*OPEN, Status.FAILED):
        return True
    ended = job.finished_at
    return job.kind in LONG and ended is not None and ended > timezone.now() - TELLING
