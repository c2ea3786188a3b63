"""Kinds of work that exist only for tests. Their effect is an audit entry: it can be counted, and never undone."""

import os
import signal
import time

from django.utils.functional import lazystr

from accounts.audit import record
from estates.jobs.kinds import job_kind
from estates.jobs.run import Continue, Run


@job_kind("test.steps", lazystr("Steps"))
def steps(run: Run) -> None:
    """As many effects as asked, some of them in slices of their own."""
    for number in range(run.checkpoint.get("next", 0), run.params["steps"]):
        with run.step(done=number + 1, total=run.params["steps"], checkpoint={"next": number + 1}):
            time.sleep(run.params["seconds"])
            record(run.agency, None, "test.effect", f"{run.job.title}/{number}")
        if number == run.params.get("pause_after"):
            raise Continue


@job_kind("test.kills", lazystr("Kills its worker"))
def kills(run: Run) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


ERRORS: dict[str, list[Exception]] = {}
"""What `test.fails` raises, by the job's title, one after the other."""


@job_kind("test.fails", lazystr("Fails"))
def fails(run: Run) -> None:
    waiting = ERRORS.get(run.job.title, [])
    if waiting:
        raise waiting.pop(0)
