"""Where the portal's second factor differs from allauth's: above all, seeds are kept under the vault's keys."""

from typing import Any, ClassVar

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User

# Where allauth keeps an authenticator's encrypted text; a passkey's data is public.
SEALED = ("secret", "seed")


class SecondFactorAdapter(DefaultMFAAdapter):
    """allauth's, which by itself stores seeds as they are."""

    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is wrong, too old or was used already. Type one that is new."),
    }

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, Any]:
        """What a device calls the place that a passkey is for; a host's name says little."""
        return super().get_public_key_credential_rp_entity() | {"name": settings.MFA_TOTP_ISSUER}

    def encrypt(self, text: str) -> str:
        return seed_cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return seed_cipher().decrypt(encrypted_text.encode()).decode()


def seed_cipher() -> MultiFernet:
    """Encrypts with the newest of VAULT_KEYS, reads with all of them; `InvalidToken` where none fits."""
    if not settings.VAULT_KEYS:
        raise ImproperlyConfigured("VAULT_KEYS is empty: second factors can't be stored.")
    return MultiFernet([Fernet(key) for key in settings.VAULT_KEYS])


def reencrypt_seeds() -> int:
    """Puts every seed under the newest key, all or none; gives their number.

    Raises `cryptography.fernet.InvalidToken` where a seed can't be read, and then changes nothing.
    """
    cipher, done = seed_cipher(), 0
    with transaction.atomic():
        for authenticator in Authenticator.objects.select_for_update().order_by("pk"):
            sealed = [name for name in SEALED if name in authenticator.data]
            for name in sealed:
                authenticator.data[name] = cipher.rotate(authenticator.data[name].encode()).decode()
            if sealed:
                authenticator.save(update_fields=["data"])
                done += 1
    return done
