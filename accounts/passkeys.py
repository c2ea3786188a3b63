"""Passkeys: what a browser hands over is parsed before anybody takes its shape for granted."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms as allauth
from django import forms
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

CREDENTIAL_FAULTS = {"incorrect_code", "invalid", "required"}


class CredentialField(forms.JSONField):
    """A browser's answer, in the shape of WebAuthn's `PublicKeyCredential`, as JSON.

    https://www.w3.org/TR/webauthn-3/#iface-pkcredential
    """

    def __init__(self, parse: Callable[[Any], object]) -> None:
        super().__init__(widget=forms.HiddenInput)
        self.parse = parse

    def bound_data(self, data: Any, initial: Any) -> None:
        """A credential is good for one ceremony: no page carries it back."""

    def to_python(self, value: Any) -> Any:
        try:
            answer = super().to_python(value)
            if answer is not None:
                self.parse(answer)
        except forms.ValidationError:
            raise
        except Exception as error:
            # Rubbish makes json and fido2 stumble in ways that neither of them documents.
            raise get_adapter().validation_error("incorrect_code") from error
        return answer


class SaysPasskey(forms.Form):
    """A form in which a passkey that is refused is not called a code, as allauth does."""

    def add_error(self, field: str | None, error: Any) -> None:
        if getattr(error, "code", "") in CREDENTIAL_FAULTS and field in {None, "credential"}:
            error = forms.ValidationError(_("The passkey was not accepted. Try again, or take another one."))
        super().add_error(field, error)


class AddPasskeyForm(SaysPasskey, allauth.AddWebAuthnForm):
    name = forms.CharField(
        label=_("Name"),
        required=False,
        help_text=_("By which you know it among others, such as “Phone” or “Office computer”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    passwordless = forms.BooleanField(
        label=_("Log in with it alone, without the password"),
        required=False,
        initial=True,
        help_text=_(
            "It then asks for your finger, your face or its PIN. Otherwise it is a second factor only."
        ),
    )
    credential = CredentialField(RegistrationResponse.from_dict)


class RenamePasskeyForm(allauth.EditWebAuthnForm):
    name = forms.CharField(label=_("Name"), widget=forms.TextInput(attrs={"autocomplete": "off"}))


class PasskeyLoginForm(SaysPasskey, allauth.LoginWebAuthnForm):
    credential = CredentialField(AuthenticationResponse.from_dict)


class SecondFactorPasskeyForm(SaysPasskey, allauth.AuthenticateWebAuthnForm):
    credential = CredentialField(AuthenticationResponse.from_dict)


class ConfirmingPasskeyForm(SaysPasskey, allauth.ReauthenticateWebAuthnForm):
    credential = CredentialField(AuthenticationResponse.from_dict)
