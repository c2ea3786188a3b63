"""The vault: keys of remote systems are stored encrypted, and a wrong vault key never yields a value."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from estates.remotes.secret import Secret

HINT = (
    "Set VAULT_KEYS to the keys that were in use when the secrets were stored, newest first, with commas "
    "between them. To make a new one: "
    "python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
)


class VaultError(Exception):
    """The vault's own keys are missing, malformed, or not those that a secret was sealed with."""

    def __init__(self, message: str) -> None:
        super().__init__(f"{message} {HINT}")


def seal(secret: Secret) -> bytes:
    """The ciphertext of a secret under the newest vault key."""
    return MultiFernet(_fernets()).encrypt(secret.reveal().encode())


def unseal(ciphertext: bytes | memoryview) -> Secret:
    """What was sealed. Raises `VaultError` when none of the vault's keys fits; ciphertext is no value."""
    try:
        return Secret(MultiFernet(_fernets()).decrypt(bytes(ciphertext)).decode())
    except (InvalidToken, ValueError):
        pass  # raised below, outside of the handler: the context's frames would hold what was decrypted
    raise VaultError("A stored key cannot be read with the vault's keys.")


def rotate(ciphertext: bytes | memoryview) -> bytes:
    """The same secret under the newest vault key. Raises `VaultError` when it cannot be read."""
    try:
        return MultiFernet(_fernets()).rotate(bytes(ciphertext))
    except InvalidToken:
        raise VaultError("A stored key cannot be read with the vault's keys.") from None


def is_newest(ciphertext: bytes | memoryview) -> bool:
    """Whether the ciphertext is readable with the newest vault key alone."""
    try:
        _fernets()[0].decrypt(bytes(ciphertext))
    except InvalidToken:
        return False
    return True


def _fernets() -> list[Fernet]:
    if not settings.VAULT_KEYS:
        raise VaultError("The vault has no keys.")
    try:
        return [Fernet(key) for key in settings.VAULT_KEYS]
    except ValueError:
        raise VaultError("One of the vault's keys is not 32 bytes in url-safe base64.") from None
