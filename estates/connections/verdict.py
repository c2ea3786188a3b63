"""What a remote system's answer says of a key."""

from dataclasses import dataclass

from estates.connections.models import WORDS_LIMIT, Outcome
from estates.remotes.errors import (
    Malformed,
    Refused,
    RemoteError,
    Throttled,
    Unauthorised,
    Unreachable,
    Untrusted,
)

OUTCOMES: dict[type[RemoteError], Outcome] = {
    Unauthorised: Outcome.UNAUTHORISED,
    Refused: Outcome.REFUSED,
    Throttled: Outcome.THROTTLED,
    Unreachable: Outcome.UNREACHABLE,
    # What is wrong with one file says as little about the connection as the refusal of one request.
    Untrusted: Outcome.REFUSED,
    Malformed: Outcome.MALFORMED,
}


@dataclass(frozen=True)
class Verdict:
    """How a call ended, and the remote's own words where it had any: one line without the key."""

    outcome: Outcome
    words: str = ""

    @property
    def accepts(self) -> bool:
        return self.outcome == Outcome.OK


def verdict_of(error: RemoteError | None) -> Verdict:
    """The verdict of a call that ended in `error`, or that succeeded."""
    if error is None:
        return Verdict(Outcome.OK)
    found = (outcome for kind, outcome in OUTCOMES.items() if isinstance(error, kind))
    outcome = next(found, Outcome.MALFORMED)
    return Verdict(outcome, error.words[:WORDS_LIMIT])
