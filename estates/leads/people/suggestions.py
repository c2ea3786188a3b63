"""People who may be the same: they share an address or a number, and nobody has said yet."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from django.db.models import F, Max, Min, Q, QuerySet

from accounts.caching import for_a_minute
from accounts.models import Agency
from estates.leads.contacts import spoken
from estates.leads.filing import BY_MAIL, BY_PHONE
from estates.leads.models import KeptApart, Lead, Person
from estates.leads.people.who import REASONS, Who, who_are

SHOWN = 20
COLUMNS = ((BY_MAIL, "email_key"), (BY_PHONE, "phone_key"))


class Suggestion(NamedTuple):
    """Somebody who may be the same as `person`, and why: "same phone number: 06 12 34 56 78"."""

    person: Who
    other: Who
    reasons: list[str]


def suggestions_for(person: Person) -> list[Suggestion]:
    """Whom a person shares an address or a number with."""
    own = Lead.objects.for_agency(person.agency).filter(person=person, erased_at=None)
    keys = {column: set(own.values_list(column, flat=True)) - {""} for _, column in COLUMNS}
    shared = Q(email_key__in=keys["email_key"]) | Q(phone_key__in=keys["phone_key"])
    rows = Lead.objects.for_agency(person.agency).filter(shared, erased_at=None)
    rows = rows.exclude(person=None).exclude(person=person)
    found: dict[tuple[int, int], list[str]] = {}
    for other, mail, phone in rows.values_list("person_id", "email_key", "phone_key").distinct():
        for by, key, known in ((BY_MAIL, mail, keys["email_key"]), (BY_PHONE, phone, keys["phone_key"])):
            if key in known and other is not None:
                _add(found, (person.pk, other), by, key)
    return _told(person.agency, found)


def suggestions_of(agency: Agency) -> list[Suggestion]:
    """Some of all those at an agency; whoever settles them sees the next ones."""
    found: dict[tuple[int, int], list[str]] = {}
    leads = Lead.objects.for_agency(agency).exclude(person=None)
    for by, column in COLUMNS:
        # To look for what is shared takes all leads. Whose it is, is asked anew: who was merged is gone at once.
        keys = for_a_minute(agency, f"leads:shared:{column}", partial(_shared, leads, column))
        pairs = leads.filter((f"{column}__in", keys)).values_list(column, "person_id").distinct()
        owners: dict[str, list[int]] = {}
        for key, person in pairs.order_by(column, "person_id"):
            owners.setdefault(key, []).append(person or 0)
        for key, (first, *others) in owners.items():
            for other in others:
                _add(found, (first, other), by, key)
    return _told(agency, found)


def _shared(leads: QuerySet[Lead], column: str) -> list[str]:
    """Some addresses or numbers under which more than one person wrote."""
    rows = leads.exclude((column, "")).values(column).annotate(one=Min("person"), other=Max("person"))
    keys = rows.filter(one__lt=F("other")).order_by(column).values_list(column, flat=True)
    return list(keys[: SHOWN * 10])


def _add(found: dict[tuple[int, int], list[str]], pair: tuple[int, int], by: str, key: str) -> None:
    reason = f"{REASONS[by]}: {spoken(key) if by == BY_PHONE else key}"
    if reason not in found.setdefault(pair, []):
        found[pair].append(reason)


def _told(agency: Agency, found: dict[tuple[int, int], list[str]]) -> list[Suggestion]:
    apart = _apart(agency, found)
    pairs = [pair for pair in sorted(found) if frozenset(pair) not in apart][:SHOWN]
    known = {who.pk: who for who in who_are(agency, {pk for pair in pairs for pk in pair})}
    return [
        Suggestion(known[one], known[two], found[one, two])
        for one, two in pairs
        if one in known and two in known
    ]


def _apart(agency: Agency, pairs: Iterable[tuple[int, int]]) -> set[frozenset[int]]:
    people = {pk for pair in pairs for pk in pair}
    rows = KeptApart.objects.for_agency(agency).filter(person__in=people, other__in=people)
    return {frozenset(pair) for pair in rows.values_list("person_id", "other_id")}
