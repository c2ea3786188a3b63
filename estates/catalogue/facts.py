"""What other pages say about an agency's mirrors."""

from dataclasses import dataclass

from django.db.models import Count, Max, Q

from accounts.models import Agency
from estates.catalogue.models import Estate, MirrorPlan, SyncRun
from estates.connections.models import Connection, System


@dataclass(frozen=True)
class MirrorFacts:
    """A connection's mirror: its last run and last whole one (None before the first), and what it holds."""

    connection: Connection
    last: SyncRun | None
    last_whole: SyncRun | None
    plan: MirrorPlan | None
    present: int
    gone: int

    @property
    def question(self) -> SyncRun | None:
        """The run that waits for a person's word on removals."""
        return (
            self.last_whole if self.last_whole and self.last_whole.status == SyncRun.Status.ASKING else None
        )


def mirror_facts(agency: Agency) -> list[MirrorFacts]:
    """One entry for each Ts-Immo connection in use, in the order of their labels."""
    connections = Connection.objects.for_agency(agency).filter(system=System.TS_IMMO, removed_at=None)
    plans = {plan.connection_id: plan for plan in MirrorPlan.objects.for_agency(agency)}
    whole = Q(status__in=(SyncRun.Status.DONE, SyncRun.Status.ASKING, SyncRun.Status.OVERTAKEN))
    last, last_whole = _latest(agency, Q()), _latest(agency, whole)
    held = (
        Estate.objects.for_agency(agency)
        .values("connection")
        .annotate(present=Count("pk", filter=Q(gone_at=None)), gone=Count("gone_at"))
        .values_list("connection", "present", "gone")
    )
    counts = {connection: (present, gone) for connection, present, gone in held}
    return [
        MirrorFacts(
            connection,
            last.get(connection.pk),
            last_whole.get(connection.pk),
            plans.get(connection.pk),
            *counts.get(connection.pk, (0, 0)),
        )
        for connection in connections.order_by("label", "pk")
    ]


def _latest(agency: Agency, which: Q) -> dict[int, SyncRun]:
    runs = SyncRun.objects.for_agency(agency)
    newest = runs.filter(which).values("connection").annotate(newest=Max("pk")).values("newest")
    return {run.connection_id: run for run in runs.filter(pk__in=newest).defer("seen")}
