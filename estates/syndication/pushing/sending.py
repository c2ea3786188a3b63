"""Sending the estates' listings that are due to Seeki, request by request."""

from __future__ import annotations

from math import ceil

from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from accounts.models import User
from estates.connections.clients import ClientMissing, client_for
from estates.jobs.models import Job
from estates.jobs.run import Cancelled, Continue, Run
from estates.jobs.start import start
from estates.remotes.errors import Refused, RemoteError
from estates.remotes.plain import storable
from estates.remotes.seeki import SeekiClient, TooLarge
from estates.remotes.seeki_batches import MOST_ITEMS
from estates.syndication.models import Batch, Listing, Plan
from estates.syndication.models.listings import WORDS_LIMIT
from estates.syndication.pushing.doubts import Doubts
from estates.syndication.pushing.due import due, is_active, plan_of, subject_of
from estates.syndication.pushing.loads import Item, Load, gather
from estates.syndication.pushing.patiently import patiently
from estates.syndication.pushing.taking import take_in

KIND = "syndication.send"
Stage = Listing.Stage

DIVISIBLE = (400, 413, 422)
"""With these a request is refused for what is in it: without it, the others may pass."""
MOST_REFUSALS = 64
"""So many refused requests of one job isolate a handful of listings; more of them mean something else."""


def start_sending(plan: Plan, actor: User | None = None) -> Job:
    """Puts the sending of what is due in line; where one is in line or under way, that is the one."""
    return start(
        plan.agency,
        KIND,
        subject=subject_of(plan),
        title=str(plan),
        params={"plan": plan.pk},
        asked_by=actor,
    )


def send(run: Run) -> None:
    """The work of `syndication.send`. A lost answer is no harm: the same listing sent twice is one at Seeki.

    Raises `RemoteError`; the listings on their way are then due as before. Without a key it counts as cancelled.
    """
    plan = plan_of(run)
    release(run, plan)
    try:
        with client_for(plan.connection, SeekiClient) as client:
            Sending(run, plan, client).send_all()
        release(run, plan)  # what was claimed when the plan was switched off
    except (Cancelled, ClientMissing):
        release(run, plan)
        raise Cancelled from None
    except Refused:
        release(run, plan)
        raise


def release(run: Run, plan: Plan) -> None:
    """Whatever a worker was sending when it died waits for its turn again, if it is still wanted."""
    wanted, was_live = Q(wanted=True), Q(live_since__isnull=False)
    stage = Case(
        When(wanted, then=Value(Stage.DUE)),
        When(was_live, then=Value(Stage.DONE)),
        default=Value(Stage.NONE),
    )
    due_at = Case(When(wanted, then=F("due_at")), default=None)
    with run.step():
        rows = Listing.objects.for_agency(run.agency).filter(plan=plan, stage=Stage.SENDING)
        rows.filter(estate__isnull=False).update(stage=stage, due_at=due_at)


class Sending:
    """One job's requests. `most` listings go into one where Seeki said so; `refusals` counts those refused.

    `tried` are the listings of the load in hand that were sent alone.
    """

    def __init__(self, run: Run, plan: Plan, client: SeekiClient) -> None:
        self.run, self.plan, self.client = run, plan, client
        self.done: int = run.checkpoint.get("done", 0)
        self.most: int = run.checkpoint.get("most", MOST_ITEMS)
        self.refusals: int = run.checkpoint.get("refusals", 0)
        self.doubts = Doubts(run, plan, run.checkpoint.get("passed", False))
        self.load, self.tried = Load(), set[int]()

    def send_all(self) -> None:
        while is_active(self.plan):
            total = self.done + due(self.plan, timezone.now()).count()
            self.run.report(self.done, total, phase="sending")
            sent = self._send_next()
            if not sent:
                self.doubts.conclude()
                break
            self.done += sent
            self._checkpoint()
            # A doubt does not outlive the slice; the next request settles it, or one of a few more.
            if self.run.out_of_time and not self.doubts.pks:
                raise Continue

    def _send_next(self) -> int:
        self.load = load = gather(self.run, self.plan, without=self.doubts.pks)
        self.tried = set()
        sent = len(load.items)
        if sent:
            self._deliver(load)
        # A traceback somewhere may hold the load for longer: its bodies must not be there beside the next one's.
        load.items.clear()
        return sent

    def _deliver(self, load: Load) -> None:
        """Sends what was not sent alone before, in parts where it must be."""
        if self.tried:
            load = Load([item for item in load.items if item.pk not in self.tried])
        if not load.items:
            return
        if len(load.items) > self.most:
            for part in load.parts(self.most):
                self._deliver(part)
            return
        with self.run.step():
            if not is_active(self.plan):
                return
            batch = self._batch(load)
        if len(load.items) == 1:
            self.tried.add(load.items[0].pk)
        try:
            answer = patiently(
                self.run, lambda: self.client.send_listings([item.body for item in load.items])
            )
        except RemoteError as error:
            self._note(batch, error)
            if not isinstance(error, Refused) or error.status not in DIVISIBLE:
                raise
            self._divide(load, error)
        else:
            take_in(self.run, self.plan, batch, load.items, answer)
            self.doubts.settle()

    def _divide(self, load: Load, error: Refused) -> None:
        """Sends less at once, until it is known which listing is the one that is refused."""
        self.refusals += 1
        if self.refusals > MOST_REFUSALS:
            raise error
        if len(load.items) == 1:
            self._doubt(load.items[0], error)
            return
        most = ceil(len(load.items) / 2)
        if isinstance(error, TooLarge) and error.chunk_size and error.chunk_size < len(load.items):
            most = self.most = max(1, error.chunk_size)
        self._checkpoint()
        for part in load.parts(most):
            self._deliver(part)

    def _doubt(self, item: Item, error: Refused) -> None:
        """Takes it for the listing's fault once another one passes, which is sent next."""
        self.doubts.add(item, error)
        other = None if self.doubts.passed else self.doubts.another(self.load.items)
        if other:
            self._deliver(Load([other]))

    def _batch(self, load: Load) -> Batch:
        return Batch.objects.create(
            agency=self.run.agency, plan=self.plan, job=self.run.job, items=len(load.items), size=load.size
        )

    def _note(self, batch: Batch, error: RemoteError) -> None:
        batch.words = storable(error.words or error.message)[:WORDS_LIMIT]
        batch.answer = error.raw or None
        with self.run.step():
            batch.save(update_fields=["words", "answer"])

    def _checkpoint(self) -> None:
        known = {"most": self.most, "refusals": self.refusals, "passed": self.doubts.passed}
        with self.run.step(done=self.done, checkpoint={"done": self.done, **known}):
            pass
