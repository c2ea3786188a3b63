"""Operators who work in a member's place for a while: who may, from when to when, and what the trail says of it."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import scope
from accounts.audit import record
from accounts.models import Impersonation, Membership, User

LASTS = timedelta(hours=1)
PERMISSION = "accounts.impersonate"


def may_stand_in(operator: User, person: User) -> bool:
    """Operators with the permission, for people who are none themselves."""
    may = operator.is_active and operator.is_staff and operator.has_perm(PERMISSION)
    return may and person.is_active and not person.is_staff and not person.is_superuser


def begin(operator: User, membership: Membership, reason: str) -> Impersonation:
    """Whatever place the operator is in already is left. Raises `PermissionDenied`."""
    person, agency = membership.user, membership.agency
    if not may_stand_in(operator, person):
        raise PermissionDenied
    with transaction.atomic():
        User.objects.select_for_update().get(pk=operator.pk)
        for other in _open().filter(operator=operator):
            end(other)
        place = Impersonation.objects.create(
            agency=agency,
            operator=operator,
            person=person,
            reason=reason,
            ends_at=timezone.now() + LASTS,
        )
        record(agency, operator, "impersonation.began", str(person), reason=reason)
    return place


@scope.across()
def current(operator: User, pk: int) -> Impersonation | None:
    """The operator's open place of that number; None where it is over.

    It is over when its hour is, and as soon as the operator may no longer, or the person is no member any more.
    """
    place = _open().filter(operator=operator, pk=pk).first()
    if place is None:
        return None
    is_member = Membership.objects.filter(agency=place.agency, user=place.person).exists()
    if place.ends_at > timezone.now() and is_member and may_stand_in(operator, place.person):
        return place
    end(place)
    return None


def end(place: Impersonation) -> bool:
    """False where it was over already."""
    with transaction.atomic():
        rows = Impersonation.objects.for_agency(place.agency).filter(pk=place.pk, ended_at=None)
        if not rows.update(ended_at=timezone.now()):
            return False
        record(place.agency, place.operator, "impersonation.ended", str(place.person))
    return True


def end_lapsed() -> int:
    """Ends the places whose hour is over, where nobody looks at a page any more; returns how many."""
    return sum(end(place) for place in _open().filter(ends_at__lte=timezone.now()))


def _open() -> QuerySet[Impersonation]:
    rows = Impersonation.objects.across_agencies().filter(ended_at=None)
    return rows.select_related("agency", "operator", "person")
