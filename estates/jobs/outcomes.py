"""What an error means for a job: the one place where remote errors turn into waiting, trying again or failing."""

import random
from dataclasses import dataclass
from datetime import timedelta

from celery.exceptions import SoftTimeLimitExceeded

from estates.jobs.models import Status
from estates.remotes.errors import (
    Malformed,
    Refused,
    RemoteError,
    Throttled,
    Unauthorised,
    Unreachable,
    Untrusted,
    WrongEnvironment,
)

TRIES = {
    Unreachable: 8,
    Throttled: 50,
    WrongEnvironment: 1,
    Unauthorised: 3,
    Untrusted: 1,
    Malformed: 3,
    Refused: 1,
}
"""How often a job is begun before the error is final, by the first kind that fits. A single 401 is not believed;
a refusal is, and whether a file that is not what was promised is asked for again is up to a person.
"""
OTHER_TRIES = 3
FIRST_DELAY, LONGEST_DELAY = 5.0, 900.0


@dataclass(frozen=True)
class Outcome:
    """What becomes of a job: its next status, when it may run again, and what to say."""

    status: Status
    delay: timedelta
    kind: str
    words: str
    evidence: bytes | None = None


def outcome_of(error: Exception, attempts: int) -> Outcome:
    """The outcome of the `attempts`-th attempt (from 1) that ended with this error."""
    tries = next((n for kind, n in TRIES.items() if isinstance(error, kind)), OTHER_TRIES)
    status = Status.FAILED if attempts >= tries else Status.WAITING
    if isinstance(error, RemoteError):
        return Outcome(
            status, delay_after(error, attempts), type(error).__name__.lower(), error.words, error.raw
        )
    kind = "too_slow" if isinstance(error, SoftTimeLimitExceeded) else "internal"
    return Outcome(status, delay_after(error, attempts), kind, "")


def delay_after(error: Exception, attempts: int) -> timedelta:
    """The remote's own wait where it named one, else twice as long each time; with jitter, so that jobs spread."""
    if isinstance(error, Throttled):
        return timedelta(seconds=error.wait * random.uniform(1, 1.2))  # noqa: S311
    seconds = min(LONGEST_DELAY, FIRST_DELAY * 2 ** (attempts - 1))
    return timedelta(seconds=seconds * random.uniform(0.5, 1))  # noqa: S311


def storable(words: str) -> str:
    """The words without what a database refuses: NUL and lone surrogates."""
    return words.replace("\0", "").encode("utf-8", "replace").decode()
