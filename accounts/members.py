"""The people of an agency. Every change locks the agency first, so that it never ends without an owner."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Agency, Membership, User
from accounts.roles import Role


def change_role(membership: Membership, actor: User, role: Role) -> Membership:
    """Gives a member another role. Raises `ValidationError` (`last_owner`, `gone`)."""
    with transaction.atomic():
        membership = _locked(membership, by_owner=actor)
        before = Role(membership.role)
        if before == role:
            return membership
        if before == Role.OWNER:
            _refuse_last_owner(membership)
        membership.role = role
        membership.save(update_fields=["role"])
        audit.record(
            membership.agency, actor, "member.role_changed", str(membership.user), before=before, after=role
        )
        return membership


def remove_member(membership: Membership, actor: User) -> None:
    """Takes a person out of the agency. Raises `ValidationError` (`last_owner`, `gone`)."""
    with transaction.atomic():
        membership = _locked(membership, by_owner=actor)
        _refuse_last_owner(membership)
        membership.delete()
        audit.record(
            membership.agency, actor, "member.removed", str(membership.user), email=membership.user.email
        )


def leave(membership: Membership) -> None:
    """A person leaves by themselves. Raises `ValidationError` (`last_owner`, `gone`)."""
    with transaction.atomic():
        membership = _locked(membership)
        _refuse_last_owner(membership)
        membership.delete()
        audit.record(membership.agency, membership.user, "member.left", str(membership.user))


def transfer_ownership(membership: Membership, actor: User) -> None:
    """The member becomes an owner, and the acting owner a manager.

    Raises `ValidationError` (`inactive`, `gone`).
    """
    with transaction.atomic():
        membership = _locked(membership, by_owner=actor)
        if not membership.user.is_active:
            raise ValidationError(_("This person's account is closed."), code="inactive")
        if membership.user_id == actor.pk:
            return
        membership.role = Role.OWNER
        membership.save(update_fields=["role"])
        Membership.objects.filter(agency=membership.agency, user=actor).update(role=Role.MANAGER)
        audit.record(membership.agency, actor, "ownership.transferred", str(membership.user))


def _locked(membership: Membership, by_owner: User | None = None) -> Membership:
    """The membership as it is now, with the agency locked; the acting person must still be an owner."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=membership.agency_id)
    if by_owner and not Membership.objects.filter(agency=agency, user=by_owner, role=Role.OWNER).exists():
        raise PermissionDenied
    rows = Membership.objects.select_related("agency", "user")
    found = rows.filter(pk=membership.pk, agency=agency).first()
    if found is None:
        raise ValidationError(_("This person is no longer a member."), code="gone")
    return found


def _refuse_last_owner(membership: Membership) -> None:
    """People whose account is closed don't count: they could not look after the agency."""
    if membership.role != Role.OWNER:
        return
    others = Membership.objects.filter(agency=membership.agency, role=Role.OWNER, user__is_active=True)
    if not others.exclude(pk=membership.pk).exists():
        raise ValidationError(
            _("An agency always has an owner: make somebody else an owner first."), code="last_owner"
        )
