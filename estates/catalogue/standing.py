"""How fresh the list of estates is: what its pages say above it."""

from dataclasses import dataclass

from django.db.models import Max, Q

from accounts.models import Agency
from estates.catalogue.models import MirrorPlan, SyncRun
from estates.connections.models import Connection, State, System
from estates.jobs.models import OPEN, Job

Status = SyncRun.Status
WHOLE = (Status.DONE, Status.ASKING, Status.OVERTAKEN)


@dataclass(frozen=True)
class Standing:
    """A connection, its last whole sync (None before the first), and the sync in line or under way."""

    connection: Connection
    last: SyncRun | None
    whole: SyncRun | None
    job: Job | None

    @property
    def question(self) -> SyncRun | None:
        """The sync that waits for a person to say whether estates may go."""
        return self.whole if self.whole and self.whole.status == Status.ASKING else None

    @property
    def trouble(self) -> str:
        """What the last sync or the remote said where it went wrong; empty where all is well."""
        if self.connection.state in (State.FAILING, State.REFUSED):
            return self.connection.last_answer or str(self.connection.get_state_display())
        failed = self.last and self.last.status in (Status.FAILED, Status.EMPTY, Status.PARTIAL)
        return (self.last.error or str(self.last.get_status_display())) if self.last and failed else ""

    @property
    def rejected(self) -> int:
        return self.last.rejected if self.last else 0


def standings(agency: Agency) -> list[Standing]:
    """One for each Ts-Immo connection in use, by label."""
    connections = Connection.objects.for_agency(agency).filter(system=System.TS_IMMO, removed_at=None)
    last, whole = _newest(agency)
    jobs = Job.objects.for_agency(agency).filter(kind="catalogue.sync", status__in=OPEN)
    by_subject = {job.subject: job for job in jobs}
    return [
        Standing(
            connection,
            last.get(connection.pk),
            whole.get(connection.pk),
            by_subject.get(f"connection:{connection.pk}"),
        )
        for connection in connections.order_by("label", "pk")
    ]


def _newest(agency: Agency) -> tuple[dict[int, SyncRun], dict[int, SyncRun]]:
    """The last run of each connection, and the last one that was whole."""
    runs = SyncRun.objects.for_agency(agency)
    meant = Q()
    for rows in (runs, runs.filter(status__in=WHOLE)):
        meant |= Q(pk__in=rows.values("connection").annotate(newest=Max("pk")).values("newest"))
    found = list(runs.filter(meant).defer("seen").order_by("pk"))
    whole = {run.connection_id: run for run in found if run.status in WHOLE}
    return {run.connection_id: run for run in found}, whole


def plans_of(agency: Agency) -> dict[int, MirrorPlan]:
    """When each connection is mirrored next, and how often, by the connection's id."""
    return {plan.connection_id: plan for plan in MirrorPlan.objects.for_agency(agency)}
