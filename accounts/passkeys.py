"""Logging in with a passkey."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from django import forms


def refuse_misshapen(credential: Any) -> None:
    """A browser's answer has the shape of WebAuthn's `PublicKeyCredential`; fido2 takes that for granted.

    https://www.w3.org/TR/webauthn-3/#iface-pkcredential
    """
    parts = ("clientDataJSON", "authenticatorData", "signature")
    answer = credential.get("response") if isinstance(credential, dict) else None
    if not (
        isinstance(answer, dict)
        and all(isinstance(credential.get(name), str) for name in ("id", "rawId", "type"))
        and all(isinstance(answer.get(name), str) for name in parts)
    ):
        raise get_adapter().validation_error("incorrect_code")


class PasskeyLoginForm(LoginWebAuthnForm):
    """allauth's, with rubbish refused before it can make an error page."""

    credential = forms.JSONField(widget=forms.HiddenInput, validators=[refuse_misshapen])
