"""The doctor: asks a remote system about a connection now, and says what is wrong by the first cause that fits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from estates.connections.clients import ClientMissing, client_for
from estates.connections.models import Connection
from estates.connections.record import REFUSALS_BEFORE_ALARM
from estates.connections.systems import REMOTES
from estates.connections.vault import VaultError
from estates.remotes.base import RemoteClient
from estates.remotes.errors import (
    RemoteError,
    Throttled,
    Unauthorised,
    Unreachable,
    WrongEnvironment,
)
from estates.remotes.exchange import Patience

CLOCK_LIMIT = timedelta(minutes=2)
"""Further apart than this, signatures and tokens of limited life fail on one side or the other."""
PATIENCE = Patience(connect=5, read=10, total=15)
FORBIDDEN = 403


class Finding(models.TextChoices):
    """What is wrong, and what to do about it."""

    HEALTHY = "healthy", _("In order.")
    NO_KEY = "no_key", _("No key is in use. Store one.")
    VAULT = "vault", _("The vault cannot open the key. An operator has to restore VAULT_KEYS.")
    ENVIRONMENT = (
        "environment",
        _("The key is for the other environment. Store it there, or get one for this."),
    )
    KEY = "key", _("The key is not accepted. Ask the system's support for a new one, and store it.")
    RIGHTS = "rights", _("The key is accepted, but may not do this. Ask the system's support for the rights.")
    QUOTA = (
        "quota",
        _("The system asks us to wait: its quota is used up. Nothing is lost; work goes on by itself."),
    )
    DOWN = "down", _("The system answers with an error of its own. Work is tried again by itself.")
    NETWORK = "network", _("The system cannot be reached. Look at the network, or wait.")
    CONTRACT = "contract", _("The system's answer cannot be read. An operator should look at it.")
    CLOCK = "clock", _("The clocks differ. An operator has to set this machine's clock.")


@dataclass(frozen=True)
class Diagnosis:
    """`words` are the remote's own; `evidence` is what the finding rests on, by name.

    A refusal is `certain` only when it was seen so often in a row that the key counts as refused.
    """

    connection: Connection
    finding: Finding
    at: datetime
    words: str = ""
    certain: bool = True
    evidence: dict[str, Any] = field(default_factory=dict)


def examine(connection: Connection) -> Diagnosis:
    """Makes the cheapest call of the system, once, and notes its outcome on the connection like any other call."""
    at = timezone.now()
    try:
        error, skew = _asked(connection)
    except ClientMissing:
        return Diagnosis(connection, Finding.NO_KEY, at)
    except VaultError:
        return Diagnosis(connection, Finding.VAULT, at)
    connection.refresh_from_db()
    finding = finding_of(error, skew)
    refused = finding in (Finding.KEY, Finding.RIGHTS)
    return Diagnosis(
        connection,
        finding,
        at,
        words=error.words if error else "",
        certain=not refused or connection.refusals >= REFUSALS_BEFORE_ALARM,
        evidence=_evidence(connection, error, skew),
    )


def _asked(connection: Connection) -> tuple[RemoteError | None, timedelta | None]:
    """What the call ended in, and how far the remote's clock is ahead. Raises ClientMissing and VaultError."""
    try:
        with client_for(connection, RemoteClient, patience=PATIENCE) as client:
            try:
                REMOTES[connection.system].ask(client)
            except RemoteError as error:
                return error, client.clock_skew
            return None, client.clock_skew
    except WrongEnvironment as error:
        return error, None  # such a key makes no client at all


def finding_of(error: RemoteError | None, skew: timedelta | None) -> Finding:
    """By what the call ended in, and how far the remote's clock is ahead of ours."""
    if isinstance(error, WrongEnvironment):
        return Finding.ENVIRONMENT
    if skew is not None and abs(skew) > CLOCK_LIMIT and (error is None or isinstance(error, Unauthorised)):
        return Finding.CLOCK
    if isinstance(error, Unauthorised):
        return Finding.RIGHTS if error.status == FORBIDDEN else Finding.KEY
    if isinstance(error, Throttled):
        return Finding.QUOTA
    if isinstance(error, Unreachable):
        return Finding.NETWORK if error.status is None else Finding.DOWN
    if error is not None:
        return Finding.CONTRACT
    return Finding.HEALTHY


def _evidence(connection: Connection, error: RemoteError | None, skew: timedelta | None) -> dict[str, Any]:
    told = {
        "environment": connection.environment,
        "last_success": connection.last_success_at,
        "refusals_in_a_row": connection.refusals,
        "status": error.status if error else 200,
        "request_id": error.request_id if error else "",
        "reason": str(error.reason or "") if error else "",
        "wait_seconds": round(error.wait) if isinstance(error, Throttled) else None,
        "clock_ahead_seconds": None if skew is None else round(skew.total_seconds()),
    }
    return {name: value for name, value in told.items() if value not in (None, "")}
