"""How long calls to remote systems take and how they end, counted over all agencies together."""

from __future__ import annotations

from prometheus_client import Histogram

from .errors import RemoteError

CALLS = Histogram(
    "passerelle_remote_call_seconds",
    "Calls to remote systems, with their retries; outcome is ok or the kind of the error.",
    ["system", "outcome"],
    buckets=(0.1, 0.3, 1, 3, 10, 30),
)


def note_call(system: str, seconds: float, error: RemoteError | None) -> None:
    outcome = type(error).__name__.lower() if error else "ok"
    CALLS.labels(system, outcome).observe(seconds)
