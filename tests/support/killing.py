"""Loaded into the workers of a drill: each step of a sending may be the last that its process does."""

import os
import random
import signal
from contextlib import contextmanager
from pathlib import Path

from estates.jobs.run import Run
from estates.remotes.ts_immo import TsImmoClient
from support.delivery import bringing

CALLS = ("tickets", "ticket", "open_ticket", "comment", "close_ticket")
CHANCE = float(os.environ.get("DRILL_CHANCE", "0"))
MOST = 16
"""Deaths after which the drill may come to its end."""


def perhaps_die(step: str) -> None:
    if random.random() >= CHANCE:
        return
    deaths = Path(os.environ["DRILL_DEATHS"])
    if deaths.read_text().count("\n") < MOST:
        with deaths.open("a") as list_of_them:
            list_of_them.write(f"{step}\n")
        os.kill(os.getpid(), signal.SIGKILL)


def deadly(name: str) -> None:
    """The process may die before the call, and after it."""
    call = getattr(TsImmoClient, name)

    def risky(*arguments, **options):
        perhaps_die(f"before {name}")
        answer = call(*arguments, **options)
        perhaps_die(f"after {name}")
        return answer

    setattr(TsImmoClient, name, risky)


def deadly_steps() -> None:
    step = Run.step

    @contextmanager
    def risky(run, **options):
        with step(run, **options):
            yield
            perhaps_die("inside a step")
        perhaps_die("after a step")

    Run.step = risky  # type: ignore[method-assign]


if CHANCE:
    bringing.SETTLE = float(os.environ["DRILL_SETTLE"])
    deadly_steps()
    for name in CALLS:
        deadly(name)
