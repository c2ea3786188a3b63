"""How many attempts at jobs ended how, over all agencies together."""

from prometheus_client import Counter

ATTEMPTS = Counter(
    "passerelle_job_attempts",
    "Attempts at jobs; outcome is done, failed, cancelled, postponed, or slice where work goes on.",
    ["kind", "outcome"],
)


def note_attempt(kind: str, outcome: str) -> None:
    ATTEMPTS.labels(kind, outcome or "slice").inc()
