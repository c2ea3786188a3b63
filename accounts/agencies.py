"""Agencies: founding one, and its own settings."""

import re

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts import audit, scope
from accounts.models import Agency, Membership, User
from accounts.names import tidy
from accounts.roles import Role

# A brake on people who found agencies to send invitations.
MOST_OWNED = 10
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def create_agency(
    name: str, slug: str, actor: User | None = None, language: str = "fr", time_zone: str = "Europe/Paris"
) -> Agency:
    """Founds an agency; the acting person becomes its owner (an operator's command invites one instead).

    Raises `ValidationError` for a bad or taken slug, an unknown language or time zone, or too many agencies.
    """
    agency = Agency(name=tidy(name), slug=slug, language=language, time_zone=time_zone)
    refuse_slug(slug)
    agency.full_clean()
    with transaction.atomic():
        if actor and owned_by(actor) >= MOST_OWNED:
            raise ValidationError(_("You already own as many agencies as one person can."), code="too_many")
        try:
            with transaction.atomic():
                agency.save()
        except IntegrityError as error:
            raise ValidationError({"slug": _("This address is taken.")}, code="taken") from error
        if actor:
            Membership.objects.create(agency=agency, user=actor, role=Role.OWNER)
        with scope.of_agency(agency.pk):
            audit.record(agency, actor, "agency.created", agency.name, slug=agency.slug)
    return agency


def owned_by(user: User) -> int:
    return Membership.objects.filter(user=user, role=Role.OWNER).count()


def refuse_slug(slug: str) -> None:
    """Stricter than Django: what differs only by case or underscore would be mistaken for another agency."""
    if not SLUG.fullmatch(slug):
        raise ValidationError({"slug": _("Use small letters, digits and hyphens only.")}, code="invalid")


def free_slug(name: str) -> str:
    """An address that no other agency has, for an agency of this name: `martin`, `martin-2`, …"""
    stem = slugify(name)[:40].strip("-") or "agency"
    taken = set(Agency.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    if stem not in taken:
        return stem
    number = 2
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


def change_settings(agency: Agency, actor: User, name: str, language: str, time_zone: str) -> Agency:
    """Changes what the agency says of itself; the trail names what was changed, from what, to what."""
    wanted = {"name": tidy(name), "language": language, "time_zone": time_zone}
    with transaction.atomic():
        agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
        changed = {field: [getattr(agency, field), value] for field, value in wanted.items()}
        changed = {field: pair for field, pair in changed.items() if pair[0] != pair[1]}
        if not changed:
            return agency
        for field, value in wanted.items():
            setattr(agency, field, value)
        agency.full_clean()
        agency.save(update_fields=list(changed))
        audit.record(agency, actor, "agency.changed", agency.name, **changed)
    return agency
