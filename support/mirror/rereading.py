"""Reading a domain's tickets at Ts-Immo: the list, then those one by one of which the list does not say all."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from estates.connections.models import Connection
from estates.jobs.run import Continue, Run
from estates.remotes.errors import Malformed, NotFound, Refused, RemoteError, Unreachable
from estates.remotes.ts_immo import TsImmoClient
from estates.remotes.ts_immo_answers import Ticket as RemoteTicket
from support.mirror.taking_in import digest_of, take_in
from support.models import Ticket
from support.states import OVER

RETRIES = 2
BROKEN_AT_MOST = 5
"""So many tickets may be unreadable before Ts-Immo counts as broken."""
SOME = 500
"""Ids in one statement."""
UNREAD = b"unread"
"""In the place of a digest: the ticket is to be read again although the list has not changed."""


class Rereading:
    """One job's reading. Its checkpoint holds `since`, when it began, and `broken`, ids that could not be read."""

    def __init__(self, run: Run, connection: Connection, domain: str, client: TsImmoClient) -> None:
        self.run, self.connection, self.domain, self.client = run, connection, domain, client
        self.error: RemoteError | None = None

    def all(self, *, closed_too: bool) -> None:
        """All tickets of the domain that are open, and the closed ones.

        Raises `Continue` between two slices; what a slice has read is not read again. What is wrong with a single
        ticket is raised when the others have been read.
        """
        since = self._since()
        self._list()
        self._one_by_one(since, closed_too=closed_too)
        if self._broken:
            with self.run.step(checkpoint={"since": since.isoformat()}):
                pass
            raise self.error or Continue

    def one(self, pk: int) -> None:
        ticket = self._rows().filter(pk=pk).first()
        if ticket:
            self._ticket(ticket)
        if self.error:
            raise self.error

    def _since(self) -> datetime:
        if "since" not in self.run.checkpoint:
            with self.run.step(phase="reading", checkpoint={"since": timezone.now().isoformat()}):
                pass
        return datetime.fromisoformat(self.run.checkpoint["since"])

    def _list(self) -> None:
        """Takes in what the list has new or changed. An empty list is no reason to believe that all is gone."""
        self.run.report(phase="reading")
        listed = self.client.tickets(self.domain, retries=RETRIES)
        held = self._digests()
        changed = [item for item in listed if held.get(item.remote_id) != digest_of(item)]
        told = {item.remote_id for item in listed if item.comments is not None}
        self._unchanged(sorted(told.difference(item.remote_id for item in changed)))
        for number, item in enumerate(changed):
            if item.remote_id not in self._broken:
                self._item(item)
                self.run.report(done=number + 1, total=len(changed))
            self._pause()

    def _digests(self) -> dict[str, bytes]:
        rows = self._rows().filter(missing_since=None).values_list("remote_id", "digest")
        return {remote_id: bytes(digest) for remote_id, digest in rows}

    def _unchanged(self, remote_ids: list[str]) -> None:
        for start in range(0, len(remote_ids), SOME):
            with self.run.step():
                some = self._rows().filter(remote_id__in=remote_ids[start : start + SOME])
                some.update(read_at=timezone.now())

    def _item(self, item: RemoteTicket) -> None:
        """A closed ticket is believed as the list tells it; an open one is read with all that it has."""
        told = item.comments is not None and item.is_final
        remote = item if told else self._read(item.remote_id)
        digest = digest_of(item) if remote else UNREAD
        with self.run.step():
            take_in(self.run.agency, self.connection, self.domain, remote or item, digest)

    def _one_by_one(self, since: datetime, *, closed_too: bool) -> None:
        """What the list does not have, or has without its comments."""
        rows = self._rows().filter(Q(read_at=None) | Q(read_at__lt=since)).order_by("pk")
        rows = rows if closed_too else rows.exclude(OVER)
        while ticket := rows.exclude(remote_id__in=self._broken).first():
            self._ticket(ticket)
            self._pause()

    def _ticket(self, ticket: Ticket) -> None:
        """Only that Ts-Immo does not know the ticket by its number says that it is gone."""
        try:
            remote = self._read(ticket.remote_id, believes_404=True)
        except NotFound:
            self._gone(ticket)
            return
        if remote:
            with self.run.step():
                # The digest is the list's, if there is one: the answer may be of another shape.
                take_in(self.run.agency, self.connection, self.domain, remote, bytes(ticket.digest))

    def _gone(self, ticket: Ticket) -> None:
        now = timezone.now()
        with self.run.step():
            self._rows().filter(pk=ticket.pk).update(
                changed_at=Case(When(missing_since=None, then=Value(now)), default=F("changed_at")),
                missing_since=Coalesce("missing_since", Value(now)),
                read_at=now,
            )

    def _read(self, remote_id: str, *, believes_404: bool = False) -> RemoteTicket | None:
        """The ticket by itself; None where this one cannot be read, which is noted."""
        self.run.report(phase="reading")
        try:
            remote = self.client.ticket(remote_id, self.domain, retries=RETRIES)
            if remote.remote_id == remote_id:
                return remote
            error: RemoteError = Malformed("Ts-Immo answered with another ticket")
        except NotFound as gone:
            if believes_404:
                raise
            error = gone
        except (Malformed, Refused) as strange:
            error = strange
        except Unreachable as failed:
            if failed.status is None:
                raise  # not this ticket alone
            error = failed
        self._note(remote_id, error)
        return None

    def _note(self, remote_id: str, error: RemoteError) -> None:
        self.error = self.error or error
        broken = [*self._broken, remote_id]
        with self.run.step(checkpoint={**self.run.checkpoint, "broken": broken}):
            pass
        if len(broken) >= BROKEN_AT_MOST:
            raise error

    @property
    def _broken(self) -> list[str]:
        return list(self.run.checkpoint.get("broken", []))

    def _rows(self) -> QuerySet[Ticket]:
        rows = Ticket.objects.for_agency(self.run.agency).exclude(remote_id="")
        return rows.filter(connection=self.connection, domain=self.domain)

    def _pause(self) -> None:
        if self.run.out_of_time:
            raise Continue
