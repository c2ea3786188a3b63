"""People and the addresses that are proven to be theirs."""

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from accounts.roles import Role


def create_person(email: str, name: str = "", password: str | None = None, language: str = "") -> User:
    """A person whose address needs no confirmation mail: a mailed token proved it, or an operator vouches.

    Without a password the person sets one through "Forgot your password?".
    """
    with transaction.atomic():
        user = User.objects.create_user(email, password, name=name, language=language)
        confirm_address(user)
        return user


def confirm_address(user: User) -> None:
    """Marks the person's address as verified and primary, so that allauth lets them log in."""
    EmailAddress.objects.update_or_create(
        user=user, email=user.email.lower(), defaults={"verified": True, "primary": True}
    )


def owns_address(user: User, email: str) -> bool:
    """Whether the logged-in person has proven to read that address's mail.

    `user.email` only ever changes to a verified address, and nobody logs in before verifying the first.
    """
    if user.email.lower() == email.lower():
        return True
    return EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists()


def person_with(email: str) -> User | None:
    """The person who logs in with this address; None for strangers and for sign-ups that never proved it."""
    verified = EmailAddress.objects.filter(email__iexact=email, verified=True).select_related("user").first()
    if verified:
        return verified.user
    user = User.objects.filter(email__iexact=email).first()
    return user if user and not is_unproven(user) else None


def is_unproven(user: User) -> bool:
    """Somebody signed up with the address, but never confirmed it and never came in."""
    return not (
        user.last_login
        or user.is_staff
        or user.memberships.exists()
        or EmailAddress.objects.filter(user=user, verified=True).exists()
    )


def claim_or_create(email: str, name: str, password: str, language: str = "") -> User:
    """The person behind a mailed token sets name and password.

    An unproven sign-up under the same address is taken over, its password included: whoever made it could
    never log in, and may not have been the address's reader.

    Raises `ValidationError` (`known`) where somebody logs in with the address by now.
    """
    known = ValidationError(_("This address has an account by now: log in to accept."), code="known")
    with transaction.atomic():
        user = User.objects.select_for_update().filter(email__iexact=email).first()
        if user is None:
            try:
                return create_person(email, name, password, language)
            except IntegrityError as error:
                raise known from error
        if not is_unproven(user):
            raise known
        user.name, user.language = name, language
        user.set_password(password)
        user.save()
        confirm_address(user)
        return user


def owners_of(agency: Agency) -> list[User]:
    """The agency's owners whose accounts are open, in the order of their ids."""
    rows = User.objects.filter(memberships__agency=agency, memberships__role=Role.OWNER, is_active=True)
    return list(rows.order_by("pk"))
