"""How long requests take, by route and status."""

from prometheus_client import Histogram

SECONDS = Histogram(
    "passerelle_request_seconds",
    "Requests until their answer begins.",
    ["method", "route", "status"],
    buckets=(0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
UNKNOWN = "unknown"
"""The route of an address that leads nowhere, and any method that is none."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""A method is any word: whoever asks is not to make up series without end."""


def note_request(method: str, route: str, status: int, seconds: float) -> None:
    SECONDS.labels(method if method in METHODS else UNKNOWN, route, status).observe(seconds)
