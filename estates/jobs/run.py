"""What a handler holds while it works on a job."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Agency
from estates.jobs.models import Job, Status

MOST = 2**31 - 1
"""What a column of progress holds. Remotes name totals, and not all of them are true."""
REPORT_EVERY = 0.5
"""Seconds between two writes of progress; each of them is a commit."""


class Continue(Exception):  # a way to end a slice, not an error
    """The slice is used up: the job goes back in line and goes on from its checkpoint after `delay` seconds."""

    def __init__(self, delay: float = 0) -> None:
        super().__init__(delay)
        self.delay = timedelta(seconds=delay)


class Cancelled(Exception):
    """A person asked to stop."""


class LostClaim(Exception):
    """The job was taken back from this worker, which must have no further effect."""


class Run:
    """One worker's hold on one job, for one slice of it.

    `checkpoint` is what the last finished step left. Whoever holds a run calls `report` or `step` at least every
    few seconds: a job that stays silent for `JOB_LEASE_SECONDS` is given to another worker.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.agency: Agency = job.agency
        self.params: dict[str, Any] = job.params
        self.checkpoint: dict[str, Any] = job.checkpoint
        self._slice_ends = time.monotonic() + settings.JOB_SLICE_SECONDS
        self._next_report = 0.0

    @property
    def out_of_time(self) -> bool:
        return time.monotonic() >= self._slice_ends

    def report(self, done: int | None = None, total: int | None = None, phase: str = "") -> None:
        """Tells how far the work is, at most twice a second.

        Raises `Cancelled` when a person asked to stop and `LostClaim` when another worker has the job.
        """
        now = time.monotonic()
        changed_phase = bool(phase) and phase != self.job.phase
        if now < self._next_report and not changed_phase:
            return
        self._next_report = now + REPORT_EVERY
        self._write(done, total, phase)
        if Job.objects.across_agencies().filter(pk=self.job.pk, cancel_asked=True).exists():
            raise Cancelled

    @contextmanager
    def step(
        self,
        *,
        done: int | None = None,
        total: int | None = None,
        phase: str = "",
        checkpoint: dict[str, Any] | None = None,
    ) -> Iterator[None]:
        """One transaction that holds the claim, saves the checkpoint and takes in the effects of the body.

        Either all of it is committed or nothing, so a step happens exactly once, whoever is killed. Raises
        `LostClaim` before the body runs when another worker has the job.
        """
        with transaction.atomic():
            # A job that gets further is not the one that kills its workers.
            fields = {} if checkpoint is None else {"checkpoint": checkpoint, "crashes": 0}
            self._write(done, total, phase, **fields)
            yield
        if checkpoint is not None:
            self.checkpoint = self.job.checkpoint = checkpoint

    def _write(self, done: int | None, total: int | None, phase: str, **fields: Any) -> None:
        said = {"done": done, "total": total}
        fields |= {name: min(max(value, 0), MOST) for name, value in said.items() if value is not None}
        fields |= {"phase": phase} if phase else {}
        held = Job.objects.across_agencies().filter(
            pk=self.job.pk, status=Status.RUNNING, claim=self.job.claim
        )
        if not held.update(heartbeat_at=timezone.now(), **fields):
            raise LostClaim(self.job.pk)
        for name, value in fields.items():
            setattr(self.job, name, value)
