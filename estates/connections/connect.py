"""Adding a connection: its key is tried out first, and kept only if it works or a person insists."""

from accounts.models import Agency, User
from estates.connections.models import Connection
from estates.connections.probes import probe
from estates.connections.store import store_key
from estates.connections.verdict import Verdict
from estates.remotes.secret import Secret


class KeyNotAccepted(Exception):
    """The check before storing did not succeed; nothing was stored."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.outcome.label, verdict.words)
        self.verdict = verdict


def connect(
    agency: Agency,
    actor: User | None,
    *,
    system: str,
    environment: str,
    label: str,
    secret: Secret,
    insist: bool = False,
) -> Connection:
    """Checks the key, for at most five seconds and outside of any transaction, and stores it.

    Raises `KeyNotAccepted` with what the remote said, unless the person insists, and `LabelTaken`.
    """
    verdict = probe(system, environment, secret)
    if not verdict.accepts and not insist:
        raise KeyNotAccepted(verdict)
    return store_key(
        agency, actor, system=system, environment=environment, label=label, secret=secret, verdict=verdict
    )
