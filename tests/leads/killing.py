"""Loaded into the workers of a drill: each named step of a fetch may be the last that its process does."""

import os
import random
import signal
from pathlib import Path

from estates.leads.marketing_lab.pulling import Fetch
from estates.remotes.marketing_lab import MarketingLabClient

STEPS = {
    MarketingLabClient: ("read_contacts", "pull_contacts", "pulled_contacts"),
    Fetch: ("store", "pull", "settle", "note"),
}
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


def deadly(owner: type, name: str) -> None:
    """The process may die before the step, and after it."""
    step = getattr(owner, name)

    def risky(*arguments, **options):
        perhaps_die(f"before {name}")
        answer = step(*arguments, **options)
        perhaps_die(f"after {name}")
        return answer

    setattr(owner, name, risky)


if CHANCE:
    for owner, names in STEPS.items():
        for name in names:
            deadly(owner, name)
