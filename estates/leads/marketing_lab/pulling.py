"""Fetching marketing-lab's contacts, which its own call takes away (marketing-lab.txt, "Pull Contacts").

Read and save; write down that a pull goes out; pull; save the answer; compare with what the remote says was
pulled. A pull whose answer was lost is compared before the next one goes out: `getPulledContacts` reaches back
500 contacts and 30 days, one pull takes at most 200.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from estates.connections.clients import client_for
from estates.connections.models import Connection
from estates.jobs.run import Continue, Run
from estates.leads.batches import keep
from estates.leads.erasure.erase import erase_blanked
from estates.leads.filing import start_filing
from estates.leads.leases import InUse, Lease, leased
from estates.leads.marketing_lab import mirror
from estates.leads.marketing_lab.drafts import draft_of
from estates.leads.models import LeadSource, Pull
from estates.leads.models.leads import Way
from estates.leads.saving import Saved, save, set_apart
from estates.remotes.errors import RemoteError
from estates.remotes.marketing_lab import PULLED_LIMIT, READY_LIMIT, MarketingLabClient
from estates.remotes.marketing_lab_answers import ContactBatch

RETRIES = 2
COMPARED_EVERY = timedelta(hours=1)
AWAY = 20.0
"""Seconds until a run looks again whether a key is free."""


def fetch(run: Run) -> None:
    """The work of `leads.fetch_marketing_lab`: one slice, which goes on until nothing is ready any more."""
    connection = _connection(run)
    source = LeadSource.objects.for_agency(run.agency).get(connection=connection)
    try:
        with leased(connection) as lease, client_for(connection, MarketingLabClient) as client:
            Fetch(run, connection, source, client, lease).slice()
    except InUse:
        raise Continue(AWAY) from None


class Fetch:
    """One slice of fetching, with the key's lease held."""

    def __init__(
        self, run: Run, connection: Connection, source: LeadSource, client: MarketingLabClient, lease: Lease
    ) -> None:
        self.run, self.connection, self.source = run, connection, source
        self.client, self.lease = client, lease
        self.saved = run.checkpoint.get("saved", 0)

    def slice(self) -> None:
        pulls = self.source.mode == LeadSource.Mode.PULL
        self.settle()
        ready, before = self.read(), None
        # What is ready still after a pull, the remote does not mark: asking on would never end.
        while pulls and ready and ready != before:
            self.pull()
            self.settle()
            if self.run.out_of_time:
                raise Continue
            ready, before = self.read(), ready
        self.mirror()
        now = timezone.now()
        with self.run.step(done=self.saved, total=self.saved):
            full = {} if pulls else {"is_full": len(ready) >= READY_LIMIT}
            self.note(polled_to=now, run_at=now, **full)

    def mirror(self) -> None:
        """Regions and programmes, once a day."""
        now, last = timezone.now(), self.source.mirrored_at
        if last and now - last < mirror.EVERY:
            return
        self.run.report(self.saved, phase="mirroring")
        regions = self.client.regions(retries=RETRIES)
        programmes = self.client.programmes(retries=RETRIES)
        with self.run.step():
            mirror.store(self.connection, regions, programmes)
            self.note(mirrored_at=now)

    def read(self) -> set[bytes]:
        """Saves what is ready and returns it. Changes nothing at the remote."""
        self.run.report(self.saved, phase="reading")
        self.lease.take()
        batch = self.client.read_contacts(retries=RETRIES)
        self.store(batch, "readContacts", Way.READ)
        return {contact.raw for contact in batch.contacts} | {item.raw for item in batch.unidentified}

    def pull(self) -> None:
        """Takes what is ready away at the remote, having said so here first."""
        self.run.report(self.saved, phase="pulling")
        self.lease.take()
        pull = Pull(agency=self.run.agency, connection=self.connection)
        with self.run.step():
            pull.save()
        try:
            batch = self.client.pull_contacts()
        except RemoteError as error:
            if error.raw:
                with self.run.step():
                    keep(self.connection, "pullContacts (unread)", error.raw)
            raise
        self.store(batch, "pullContacts", Way.PULL, pull)

    def settle(self) -> None:
        """Saves whatever the remote says was pulled, where a pull is not yet compared with it.

        Once an hour also where all are: a worker that was held up may have pulled after its pull was settled.
        """
        pulls = Pull.objects.for_agency(self.run.agency).filter(connection=self.connection)
        last = pulls.order_by("-pk").first()
        compared = self.source.compared_at
        if last is None or (
            not pulls.exclude(stage=Pull.Stage.SETTLED).exists()
            and compared
            and timezone.now() - compared < COMPARED_EVERY
        ):
            return
        self.run.report(self.saved, phase="comparing")
        self.lease.take()
        batch = self.client.pulled_contacts(retries=RETRIES)
        now = timezone.now()
        with self.run.step():
            recovered = self.store(batch, "getPulledContacts", Way.RECOVERY).new
            pulls.filter(pk=last.pk).update(recovered=F("recovered") + recovered)
            pulls.exclude(stage=Pull.Stage.SETTLED).update(stage=Pull.Stage.SETTLED, settled_at=now)
            self.note(compared_at=now, is_full=len(batch) >= PULLED_LIMIT)

    def note(self, **fields: Any) -> None:
        """Writes down how the source stands."""
        LeadSource.objects.for_agency(self.run.agency).filter(pk=self.source.pk).update(**fields)
        for name, value in fields.items():
            setattr(self.source, name, value)

    def store(self, batch: ContactBatch, operation: str, way: Way, pull: Pull | None = None) -> Saved:
        """Keeps an answer and saves its contacts, in one step; all but what was only read counts as pulled."""
        now = timezone.now()
        drafts = [draft_of(contact, None if way is Way.READ else now) for contact in batch.contacts]
        with self.run.step(checkpoint={"saved": self.saved}):
            keep(self.connection, operation, batch.raw, len(batch))
            saved = save(self.connection, drafts, way)
            if saved.blanked:
                erase_blanked(self.connection, saved.blanked)
            for item in batch.unidentified:
                set_apart(self.connection, item.raw, item.reason)
            if pull:
                Pull.objects.for_agency(self.run.agency).filter(pk=pull.pk).update(
                    stage=Pull.Stage.SAVED, answered=len(batch)
                )
            if saved.new or saved.changed:
                start_filing(self.run.agency)
        self.saved += saved.new
        self.run.report(self.saved)
        return saved


def _connection(run: Run) -> Connection:
    return Connection.objects.for_agency(run.agency).select_related("agency").get(pk=run.params["connection"])
