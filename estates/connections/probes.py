"""Trying a key out: the cheapest call of its system that changes nothing there."""

from contextlib import closing

from estates.connections.clients import client_to_check
from estates.connections.systems import REMOTES
from estates.connections.verdict import Verdict, verdict_of
from estates.remotes.errors import RemoteError
from estates.remotes.exchange import Patience
from estates.remotes.secret import Secret

WHILE_SOMEBODY_WAITS = Patience(connect=3, read=5, total=5)


def probe(system: str, environment: str, secret: Secret) -> Verdict:
    """What the remote system says of a key, within the five seconds that a person waits for a page."""
    return verdict_of(try_out(system, environment, secret, WHILE_SOMEBODY_WAITS))


def try_out(
    system: str, environment: str, secret: Secret, patience: Patience | None = None
) -> RemoteError | None:
    """The error that a call with a key not in use ends in; None when the key was accepted."""
    try:
        with closing(client_to_check(system, environment, secret, patience)) as client:
            REMOTES[system].ask(client)
    except RemoteError as error:
        return error
    return None
