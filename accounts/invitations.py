"""Invitations: an offer of a role, mailed as a link whose token only the mail knows."""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import audit, scope
from accounts.models import Agency, Invitation, Membership, User, new_invitation_token
from accounts.people import claim_or_create, owns_address
from accounts.roles import Role

MOST_A_DAY = 50
RESEND_AFTER = timedelta(minutes=1)


def token_hash(token: str) -> str:
    """SHA-256 in hex; the token has 256 random bits, so nothing slower is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def invite(agency: Agency, actor: User | None, email: str, role: Role) -> tuple[Invitation, str]:
    """Offers a role to an address; an open offer to the same address is replaced, and its link dies.

    Gives the invitation and its token, to be mailed after the commit (`accounts.invitation_mail.send`).
    Raises `ValidationError` (`member`, `too_many`).
    """
    email = email.strip().lower()
    with transaction.atomic():
        Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
        if Membership.objects.filter(agency=agency, user__email__iexact=email).exists():
            raise ValidationError(_("This person is already a member."), code="member")
        _refuse_too_many(agency)
        offers = Invitation.objects.for_agency(agency).filter(accepted_at=None, revoked_at=None)
        invitation = offers.filter(email__iexact=email).first() or Invitation(agency=agency, email=email)
        invitation.role, invitation.invited_by = role, actor
        token = _renew(invitation)
        audit.record(agency, actor, "invitation.sent", email, role=role)
    return invitation, token


def resend(invitation: Invitation, actor: User) -> tuple[Invitation, str]:
    """A new link, valid for as long as a first one; the old link dies.

    Raises `ValidationError` (`closed`, `soon`).
    """
    with transaction.atomic():
        invitation = _locked(invitation)
        if invitation.sent_at and timezone.now() - invitation.sent_at < RESEND_AFTER:
            raise ValidationError(_("This invitation was sent a moment ago."), code="soon")
        token = _renew(invitation)
        audit.record(invitation.agency, actor, "invitation.resent", invitation.email)
    return invitation, token


def revoke(invitation: Invitation, actor: User) -> None:
    """Takes the offer back. Raises `ValidationError` (`closed`)."""
    with transaction.atomic():
        invitation = _locked(invitation)
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        audit.record(invitation.agency, actor, "invitation.revoked", invitation.email)


@scope.across()
def find(token: str) -> Invitation | None:
    """The invitation of a mailed token, in whatever state it is by now."""
    rows = Invitation.objects.across_agencies().select_related("agency", "invited_by")
    return rows.filter(token_hash=token_hash(token)).first()


def accept(invitation: Invitation, user: User) -> Membership:
    """The person takes the offered role; who is a member by now keeps the role they have.

    Raises `ValidationError`: `closed` when the offer was taken, revoked, replaced or has expired meanwhile,
    `address` when the offer was made to somebody else's address.
    """
    if not owns_address(user, invitation.email):
        raise ValidationError(_("This invitation was sent to another address."), code="address")
    now = timezone.now()
    with scope.of_agency(invitation.agency_id), transaction.atomic():
        offers = Invitation.objects.for_agency(invitation.agency).filter(
            pk=invitation.pk, token_hash=invitation.token_hash, accepted_at=None, revoked_at=None
        )
        if not offers.filter(expires_at__gt=now).update(accepted_at=now):
            raise ValidationError(_("This invitation is no longer open."), code="closed")
        membership, _made = Membership.objects.get_or_create(
            agency=invitation.agency, user=user, defaults={"role": invitation.role}
        )
        audit.record(invitation.agency, user, "invitation.accepted", invitation.email, role=membership.role)
    return membership


def accept_as_new(invitation: Invitation, name: str, password: str, language: str) -> User:
    """A new person takes the offered role; the mailed token has proven the address.

    Raises as `accept` and `claim_or_create` do, and then leaves no account behind.
    """
    with transaction.atomic():
        user = claim_or_create(invitation.email, name, password, language)
        accept(invitation, user)
    return user


def _renew(invitation: Invitation) -> str:
    token = new_invitation_token()
    invitation.token_hash = token_hash(token)
    invitation.sent_at = None
    invitation.expires_at = timezone.now() + timedelta(days=settings.INVITATION_DAYS)
    invitation.save()
    return token


def _locked(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.for_agency(invitation.agency).select_for_update(of=("self",))
    found = rows.select_related("agency").filter(pk=invitation.pk, accepted_at=None, revoked_at=None).first()
    if found is None:
        raise ValidationError(_("This invitation is no longer open."), code="closed")
    return found


def _refuse_too_many(agency: Agency) -> None:
    """A brake on those who would use the portal to send mail to strangers."""
    since = timezone.now() - timedelta(days=1)
    if Invitation.objects.for_agency(agency).filter(created_at__gt=since).count() >= MOST_A_DAY:
        raise ValidationError(
            _("That is enough invitations for one day. Try again tomorrow."), code="too_many"
        )
