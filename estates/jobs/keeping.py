"""What may be kept of a failure: a room that knows what must not be takes it out before it is stored."""

from collections.abc import Callable
from dataclasses import replace

from estates.jobs.models import Job
from estates.jobs.outcomes import Outcome

Censor = Callable[[Job, str], str]
"""Gets what a remote said while a job worked, and returns what may be kept of it; "" for nothing."""

_censors: list[Censor] = []


def register_censor(censor: Censor) -> None:
    """To be called in a room's `AppConfig.ready`."""
    if censor not in _censors:
        _censors.append(censor)


def kept(job: Job, outcome: Outcome) -> Outcome:
    """The outcome without what may not be kept; bytes that nobody objects to stay as they came."""
    words, evidence = _censored(job, outcome.words), outcome.evidence
    if evidence:
        said = evidence.decode("utf-8", "replace")
        told = _censored(job, said)
        evidence = evidence if told == said else told.encode() or None
    return replace(outcome, words=words, evidence=evidence)


def _censored(job: Job, text: str) -> str:
    for censor in _censors:
        text = censor(job, text) if text else text
    return text
