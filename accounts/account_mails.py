"""The mails about logging in, which allauth sends: what each says, in our words.

allauth names a mail by the beginning of its templates' paths, and gives what it tells of as a context.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import mail
from accounts.models import User

NOT_YOU = _(
    "If this was not you, set a new password at once, end the sessions that you do not know, and tell whoever "
    "runs your agency’s portal."
)
IGNORE = _("If you did not ask for this, do nothing: nothing changes without the link.")


@dataclass(frozen=True)
class AccountMail:
    """`sentence` may name parts of the context; `link` is the name of one, `label` and `button` its words."""

    subject: str | Promise
    sentence: str | Promise
    note: str | Promise = NOT_YOU
    link: str = ""
    label: str | Promise = ""
    button: str | Promise = ""


CONFIRM = AccountMail(
    _("Confirm your e-mail address"),
    _("This address, %(email)s, was given for an account on Passerelle. Confirm that it is yours."),
    note=IGNORE,
    link="activate_url",
    label=_("To confirm, open this link:"),
    button=_("Confirm the address"),
)
ACCOUNT_MAILS = {
    "account/email/email_confirmation_signup": CONFIRM,
    "account/email/email_confirmation": CONFIRM,
    "account/email/password_reset_key": AccountMail(
        _("A new password"),
        _("A new password was asked for the account of %(email)s."),
        note=IGNORE,
        link="password_reset_url",
        label=_("To set it, open this link:"),
        button=_("Set a new password"),
    ),
    "account/email/account_already_exists": AccountMail(
        _("You have an account"),
        _(
            "Somebody tried to sign up with %(email)s, but an account with this address already exists. If it was "
            "you and the password is forgotten, set a new one."
        ),
        note=IGNORE,
        link="password_reset_url",
        label=_("To set a new password, open this link:"),
        button=_("Set a new password"),
    ),
    "account/email/unknown_account": AccountMail(
        _("No account with this address"),
        _("Somebody tried to get into Passerelle with %(email)s, but there is no account with this address."),
        note=_(
            "If it was not you, do nothing. If you have several addresses, try another one; where an agency "
            "invited you, the invitation names the right one."
        ),
        link="signup_url",
        label=_("To sign up, open this link:"),
        button=_("Sign up"),
    ),
    "account/email/password_reset": AccountMail(
        _("Your password was set anew"), _("Your password was set anew by a link from a mail.")
    ),
    "account/email/password_changed": AccountMail(
        _("Your password was changed"), _("Your password has been changed.")
    ),
    "account/email/password_set": AccountMail(_("A password was set"), _("Your account has got a password.")),
    "account/email/email_changed": AccountMail(
        _("Your e-mail address was changed"),
        _("You log in with %(to_email)s from now on, and no longer with %(from_email)s."),
    ),
    "account/email/email_confirm": AccountMail(
        _("Your e-mail address is confirmed"), _("Your e-mail address %(email)s is confirmed.")
    ),
    "account/email/email_deleted": AccountMail(
        _("An e-mail address was removed"), _("The address %(deleted_email)s was removed from your account.")
    ),
    "mfa/email/totp_activated": AccountMail(
        _("Authenticator app switched on"), _("An authenticator app was switched on as your second factor.")
    ),
    "mfa/email/totp_deactivated": AccountMail(
        _("Authenticator app switched off"),
        _("The authenticator app was switched off: it is no longer asked for when you log in."),
    ),
    "mfa/email/webauthn_added": AccountMail(
        _("A passkey was added"), _("A passkey was added to your account: it opens it like a password.")
    ),
    "mfa/email/webauthn_removed": AccountMail(
        _("A passkey was removed"), _("A passkey was removed from your account.")
    ),
    "mfa/email/recovery_codes_generated": AccountMail(
        _("New recovery codes"), _("New recovery codes were made. The old ones no longer work.")
    ),
}


def compose(name: str, address: str, context: Mapping[str, Any]) -> EmailMultiAlternatives:
    """In the language that the address's person chose, else in the one that is spoken now.

    Raises `KeyError` for a mail that only ways of logging in send which are switched off here.
    """
    says = ACCOUNT_MAILS[name]
    person = User.objects.filter(email__iexact=address).first()
    spoken = translation.get_language() or settings.LANGUAGE_CODE
    return written(says, address, context, (person and person.language) or spoken)


def written(
    says: AccountMail, address: str, context: Mapping[str, Any], language: str
) -> EmailMultiAlternatives:
    with translation.override(language):
        sentence = str(says.sentence) % {**context, "email": address}
        shown = {"mail": says, "sentence": sentence, "origin": list(_origin(context))}
    shown["link"] = context.get(says.link, "")
    choices = reverse("mails") if says.note is NOT_YOU else ""
    reader = mail.Reader(address, language, timezone.get_current_timezone_name(), choices=choices)
    return mail.compose("accounts/mail/account", shown, reader)


def _origin(context: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Where a change came from, as far as allauth says."""
    if "ip" in context:
        yield gettext("Address on the Internet"), context["ip"]
        yield gettext("Browser"), context["user_agent"]
        at = timezone.localtime(context["timestamp"])
        yield gettext("Date"), f"{formats.date_format(at, 'DATETIME_FORMAT')} ({at:%Z})"
