"""What managers do with the routing rules, and what a rule would have done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.audit import record
from accounts.models import Agency, User
from accounts.rows import update_rows
from estates.leads.models import Lead, RoutingRule
from estates.leads.routing.matching import estates_of, first_match, fits

TRIED = 100
"""The last leads on which a rule is tried."""


def rules_of(agency: Agency) -> QuerySet[RoutingRule]:
    rows = RoutingRule.objects.for_agency(agency).select_related("agency", "fallback")
    return rows.prefetch_related("people").order_by("position", "pk")


def add_rule(agency: Agency, actor: User, given: Mapping[str, Any]) -> RoutingRule:
    """Adds a rule behind all others."""
    with transaction.atomic():
        fields, people = _parts(given)
        rule = RoutingRule(agency=agency, position=len(_held(agency)) + 1, **fields)
        rule.save()
        rule.people.set(people)
        record(agency, actor, "rule.added", rule.name)
        return rule


def change_rule(rule: RoutingRule, actor: User, given: Mapping[str, Any]) -> None:
    with transaction.atomic():
        fields, people = _parts(given)
        RoutingRule.objects.for_agency(rule.agency).filter(pk=rule.pk).update(**fields)
        rule.people.set(people)
        record(rule.agency, actor, "rule.changed", str(fields["name"]))


def move_rule(rule: RoutingRule, actor: User, up: bool) -> None:
    """Changes places with the rule before or behind; at either end nothing happens."""
    with transaction.atomic():
        rows = _held(rule.agency)
        at = next((place for place, row in enumerate(rows) if row.pk == rule.pk), None)
        other = None if at is None else at + (-1 if up else 1)
        if at is None or other is None or not 0 <= other < len(rows):
            return
        rows[at], rows[other] = rows[other], rows[at]
        _number(rows)
        record(rule.agency, actor, "rule.moved", rule.name)


def set_active(rule: RoutingRule, actor: User, active: bool) -> None:
    with transaction.atomic():
        rows = RoutingRule.objects.for_agency(rule.agency).filter(pk=rule.pk, is_active=not active)
        if rows.update(is_active=active):
            record(rule.agency, actor, "rule.resumed" if active else "rule.paused", rule.name)


def delete_rule(rule: RoutingRule, actor: User) -> None:
    """Leads that it gave to somebody stay theirs."""
    with transaction.atomic():
        rows = _held(rule.agency)
        RoutingRule.objects.for_agency(rule.agency).filter(pk=rule.pk).delete()
        _number([row for row in rows if row.pk != rule.pk])
        record(rule.agency, actor, "rule.deleted", rule.name)


@dataclass(frozen=True)
class Trial:
    """A lead that a rule fits, and the earlier rule that would have had it instead."""

    lead: Lead
    earlier: RoutingRule | None


def try_rule(agency: Agency, rule: RoutingRule) -> list[Trial]:
    """What the rule, which may be unsaved, would have done with the last hundred leads."""
    rows = Lead.objects.for_agency(agency).filter(erased_at=None).order_by("-happened_at", "-pk")
    leads = list(rows.select_related("agency").defer("message", "search_text")[:TRIED])
    earlier = [each for each in rules_of(agency).filter(is_active=True) if _is_before(each, rule)]
    estates = estates_of(leads)
    return [
        Trial(lead, first_match(earlier, lead, estates.get(lead.estate_id or 0)))
        for lead in leads
        if fits(rule, lead, estates.get(lead.estate_id or 0))
    ]


def _is_before(each: RoutingRule, rule: RoutingRule) -> bool:
    return rule.pk is None or (each.position, each.pk) < (rule.position, rule.pk)


def _parts(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[User]]:
    fields = dict(given)
    return fields, list(fields.pop("people"))


def _held(agency: Agency) -> list[RoutingRule]:
    """All rules in their order, held until the transaction ends."""
    rows = RoutingRule.objects.for_agency(agency).select_for_update()
    return list(rows.order_by("position", "pk"))


def _number(rows: list[RoutingRule]) -> None:
    for position, row in enumerate(rows, 1):
        row.position = position
    update_rows(rows, ["position"])
