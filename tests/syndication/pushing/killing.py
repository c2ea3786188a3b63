"""Loaded into the workers of a drill: each step of a sending or a question may be the last that its process does."""

import os
import random
import signal
from contextlib import contextmanager
from pathlib import Path

from estates.connections import clients
from estates.jobs.run import Run
from estates.remotes.limits import limiter
from estates.remotes.seeki import SeekiClient
from estates.syndication.pushing import loads, polling, taking

CALLS = {"send_listings": 0.2, "status": 0.001, "retry": 0.1}
CHANCE = float(os.environ.get("DRILL_CHANCE", "0"))
MOST = 16
"""Deaths after which the drill may come to its end."""


def perhaps_die(step: str, chance: float) -> None:
    if random.random() >= chance:
        return
    deaths = Path(os.environ["DRILL_DEATHS"])
    if deaths.read_text().count("\n") < MOST:
        with deaths.open("a") as list_of_them:
            list_of_them.write(f"{step}\n")
        os.kill(os.getpid(), signal.SIGKILL)


def deadly(name: str, chance: float) -> None:
    """The process may die before the call, and after it."""
    call = getattr(SeekiClient, name)

    def risky(*arguments, **options):
        perhaps_die(f"before {name}", chance)
        answer = call(*arguments, **options)
        perhaps_die(f"after {name}", chance)
        return answer

    setattr(SeekiClient, name, risky)


def deadly_steps() -> None:
    step = Run.step

    @contextmanager
    def risky(run, **options):
        with step(run, **options):
            yield
            perhaps_die("inside a step", CHANCE)
        perhaps_die("after a step", CHANCE)

    Run.step = risky  # type: ignore[method-assign]


if CHANCE:
    # Smaller requests than in earnest: more of them, and more places to die at.
    loads.MOST_TOGETHER = tuple(map(int, os.environ["DRILL_TOGETHER"].split(",")))
    polling.ASKED_AFTER = (polling.timedelta(seconds=1),)  # type: ignore[assignment]
    taking.FIRST_QUESTION = polling.timedelta(seconds=1)
    # And at a pace that would be bad manners towards the real one.
    clients.limiter_of = lambda *of: limiter("drill", 10_000, 1_000, None)  # type: ignore[assignment]
    deadly_steps()
    for name, chance in CALLS.items():
        deadly(name, chance)
