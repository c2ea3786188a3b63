"""Which mails a person wants: each kind, from each agency, with or without a login."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse

from accounts.models import Agency, MailChoice, MailKind, Membership, User
from accounts.roles import Role

MEANT_FOR = {
    MailKind.LEAD: Role.AGENT,
    MailKind.DIGEST: Role.AGENT,
    MailKind.TICKET: Role.VIEWER,
    MailKind.PLAN: Role.MANAGER,
    MailKind.WEBHOOK: Role.OWNER,
}
"""Whoever has a lesser role gets no such mail, whatever they chose once."""
UNASKED = MEANT_FOR | {MailKind.DIGEST: Role.MANAGER}
"""From which role on it comes to people who have not chosen."""


def is_wanted(membership: Membership, kind: MailKind) -> bool:
    """Whether the member's mails of this kind leave: the role must still be one that gets them."""
    if not membership.may(MEANT_FOR[kind]):
        return False
    choices = MailChoice.objects.for_agency(membership.agency).filter(user=membership.user_id, kind=kind)
    choice = choices.first()
    return choice.wanted if choice else membership.may(UNASKED[kind])


def wants(agency: Agency, user: User, kind: MailKind) -> bool:
    """The same by person; False for who has left the agency or whose account is closed."""
    rows = Membership.objects.filter(agency=agency, user=user, user__is_active=True).select_related("agency")
    membership = rows.first()
    return membership is not None and is_wanted(membership, kind)


def readers(agency: Agency, kind: MailKind) -> list[User]:
    """The open accounts of an agency that get its mails of this kind, in the order of their ids."""
    chosen = dict(MailChoice.objects.for_agency(agency).filter(kind=kind).values_list("user_id", "wanted"))
    rows = Membership.objects.filter(agency=agency, user__is_active=True).select_related("user")
    return [
        row.user
        for row in rows.order_by("user")
        if row.may(MEANT_FOR[kind]) and chosen.get(row.user_id, row.may(UNASKED[kind]))
    ]


def choose(membership: Membership, kind: MailKind, wanted: bool) -> None:
    """A person's own choice, which needs no trace in the agency's trail. May be repeated."""
    with transaction.atomic():
        MailChoice.objects.across_agencies().update_or_create(
            agency=membership.agency, user=membership.user, kind=kind, defaults={"wanted": wanted}
        )


def kinds_for(membership: Membership) -> list[MailKind]:
    """What a member of this role can get."""
    return [kind for kind in MailKind if membership.may(MEANT_FOR[kind])]


def address_to_stop(agency: Agency, user: User, kind: MailKind) -> str:
    """The path where the kind is switched off without a login: whose it is, the signature says."""
    return reverse("stop_mails", args=[signer().sign_object([agency.pk, user.pk, kind])])


def behind(token: str) -> tuple[Membership, MailKind] | None:
    """Whose mails of which kind an address switches off.

    None for what we have not signed, and for people who are not in the agency any more.
    """
    try:
        agency, user, kind = signer().unsign_object(token)
    except BadSignature:
        return None
    rows = Membership.objects.filter(agency=agency, user=user).select_related("agency", "user")
    membership = rows.first()
    return (membership, MailKind(kind)) if membership else None


def signer() -> Signer:
    """Made at each use: commands that need no SECRET_KEY import this too."""
    return Signer(salt="accounts.mail_choices")
