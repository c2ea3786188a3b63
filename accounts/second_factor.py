"""The seeds of authenticator apps and of recovery codes, kept under the vault's keys."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

# Where allauth keeps an authenticator's encrypted text; a passkey's data is public.
SEALED = ("secret", "seed")


class SecondFactorAdapter(DefaultMFAAdapter):
    """allauth's, which by itself stores seeds as they are."""

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
