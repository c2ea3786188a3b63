"""Trying a key out: the cheapest call of each system that changes nothing there."""

from collections.abc import Callable

from estates.connections.clients import client_to_check
from estates.connections.models import System
from estates.connections.verdict import Verdict, verdict_of
from estates.remotes.errors import RemoteError
from estates.remotes.exchange import Patience
from estates.remotes.secret import Secret
from estates.remotes.ts_immo import TsImmoClient

WHILE_SOMEBODY_WAITS = Patience(connect=3, read=5, total=5)


def ask_ts_immo(client: TsImmoClient) -> None:
    client.search_estates(limit=1)


PROBES: dict[str, Callable[[TsImmoClient], None]] = {System.TS_IMMO: ask_ts_immo}
"""A system without a probe has no client yet either: its keys are kept, unchecked."""


def can_be_checked(system: str) -> bool:
    return system in PROBES


def probe(system: str, environment: str, secret: Secret) -> Verdict:
    """What the remote system says of a key, within the five seconds that a person waits for a page.

    Raises `ClientMissing` for a system that nothing speaks to yet.
    """
    client = client_to_check(system, environment, secret, WHILE_SOMEBODY_WAITS)
    error: RemoteError | None = None
    try:
        PROBES[system](client)
    except RemoteError as raised:
        error = raised
    finally:
        client.close()
    return verdict_of(error)
