"""A plan's rules and its switch."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from estates.connections.models import Connection, System
from estates.syndication.looking import start_look
from estates.syndication.models import Plan
from estates.syndication.rules.filters import Rules


class Overtaken(Exception):
    """Somebody else has changed the rules since the person saw them."""


def open_plan(connection: Connection, actor: User | None = None) -> Plan:
    """The plan of a connection to Seeki; a new one is switched off and has no rules.

    Raises ValueError for a connection to another system, or one that was removed.
    """
    if connection.system != System.SEEKI or connection.removed_at is not None:
        raise ValueError(f"{connection} is no connection to Seeki in use")
    plan, _made = Plan.objects.across_agencies().get_or_create(
        connection=connection, defaults={"agency": connection.agency, "changed_by": actor}
    )
    return plan


def save_rules(plan: Plan, rules: Rules, actor: User, version: int) -> None:
    """Keeps rules that were made looking at `version`, and looks through the catalogue. Raises `Overtaken`."""
    with transaction.atomic():
        held = Plan.objects.for_agency(plan.agency).filter(pk=plan.pk, version=version)
        stored = rules.to_json()
        changes = {"rules": stored, "changed_at": timezone.now(), "changed_by": actor}
        if not held.update(version=F("version") + 1, **changes):
            raise Overtaken
        record(plan.agency, actor, "publication.rules_set", str(plan), rules=stored)
        plan.refresh_from_db(fields=["version", *changes])
        start_look(plan)


def set_active(plan: Plan, active: bool, actor: User) -> None:
    """Switches publication on or off. While it is off nothing is sent, and what is online lapses in time."""
    with transaction.atomic():
        held = Plan.objects.for_agency(plan.agency).filter(pk=plan.pk, active=not active)
        if held.update(active=active):
            word = "publication.switched_on" if active else "publication.switched_off"
            record(plan.agency, actor, word, str(plan))
            if active:
                start_look(plan)
        plan.active = active
