"""The call by which Ts-Immo gets a buyer, whoever asked for it."""

from __future__ import annotations

from collections.abc import Callable

from estates.catalogue.models import Estate
from estates.connections.clients import client_for
from estates.connections.models import Connection
from estates.jobs.run import Run
from estates.leads.models import Forwarding
from estates.remotes.errors import Refused
from estates.remotes.ts_immo import TsImmoClient
from estates.remotes.ts_immo_requests import Buyer

State = Forwarding.State
Keep = Callable[[State, str, str], None]
"""Writes down what Ts-Immo said: the state, its words, and its id of the contact."""


def deliver(run: Run, connection: Connection, estate: Estate | None, buyer: Buyer, keep: Keep) -> None:
    """Sent again after a lost answer, the same stream makes no second contact. Without an estate nothing is sent."""
    if estate is None:
        keep(State.REFUSED, "", "")
        return
    run.report(0, 1, phase="sending")
    try:
        with client_for(connection, TsImmoClient) as client:
            answer = client.send_lead(estate.remote_id, buyer)
    except Refused as error:
        keep(State.REFUSED, error.words, "")
        raise
    keep(State.ACCEPTED, "", answer.remote_id)
