"""System checks of the vault."""

from collections.abc import Iterable
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

from accounts.scope import across
from estates.connections.sealed import sealed_models
from estates.connections.vault import HINT, VaultError, unseal


@register(Tags.security)
def vault_keys(**kwargs: Any) -> list[CheckMessage]:
    """The vault's keys are there and well-formed."""
    if not settings.VAULT_KEYS:
        return [Error("VAULT_KEYS is missing.", hint=HINT, id="connections.E001")]
    malformed = [place for place, key in enumerate(settings.VAULT_KEYS, 1) if not _is_fernet_key(key)]
    return [
        Error(f"The key at place {place} of VAULT_KEYS is malformed.", hint=HINT, id="connections.E002")
        for place in malformed
    ]


@register(Tags.database)
@across()
def stored_keys(databases: Iterable[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Every stored key can be read; runs with `check --database default` and before migrations."""
    unreadable = [
        f"The key of {label} ({agency}) cannot be read."
        for alias in databases or ()
        for tables in [connections[alias].introspection.table_names()]
        for model in sealed_models()
        if model._meta.db_table in tables
        # No whole rows: this also runs just before a migration that adds a column.
        for ciphertext, label, agency in model._default_manager.using(alias)
        .values_list("ciphertext", *model.named_by)
        .iterator()
        if not _is_readable(ciphertext)
    ]
    return [Warning(words, hint=HINT, id="connections.W001") for words in unreadable]


def _is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


def _is_readable(ciphertext: bytes | memoryview) -> bool:
    try:
        unseal(ciphertext)
    except VaultError:
        return False
    return True
