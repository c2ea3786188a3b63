"""The forms into which a code is typed: one of an authenticator app, or a recovery code."""

from allauth.mfa.base import forms as allauth
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from django import forms
from django.utils.translation import gettext_lazy as _


def code_field() -> forms.CharField:
    """Both kinds of codes are digits, for which a phone has a keyboard of its own."""
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric"}
    return forms.CharField(label=_("Code"), widget=forms.TextInput(attrs=attributes))


class SecondStepForm(allauth.AuthenticateForm):
    code = code_field()

    def has_app(self) -> bool:
        """Whether the person was ever shown codes of an app, and not only has a passkey."""
        return Authenticator.objects.filter(user=self.user, type=Authenticator.Type.TOTP).exists()


class ConfirmingCodeForm(allauth.ReauthenticateForm):
    code = code_field()


class SwitchOnAppForm(totp.ActivateTOTPForm):
    code = code_field()
