from typing import Any

from cryptography.fernet import InvalidToken
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.scope import across
from accounts.second_factor import reencrypt_seeds
from estates.connections.sealed import Sealed, sealed_models
from estates.connections.vault import VaultError, is_newest, rotate

WIDTH = 30


class Command(BaseCommand):
    help = "Re-encrypts stored keys and second factors under the newest of VAULT_KEYS. May be repeated."

    @across()
    def handle(self, *args: Any, **options: Any) -> None:
        counts = {"rotated": 0, "current": 0, "unreadable": 0}
        stored = [
            (model, pk)
            for model in sealed_models()
            for pk in model._default_manager.order_by("pk").values_list("pk", flat=True)
        ]
        for place, (model, pk) in enumerate(stored, 1):
            counts[self.rotate(model, pk)] += 1
            self.show(place, len(stored))
        said = (
            "{rotated} re-encrypted, {current} already under the newest key, {unreadable} unreadable".format(
                **counts
            )
        )
        self.stdout.write(said)
        try:
            self.stdout.write(f"{reencrypt_seeds()} second factors re-encrypted")
        except (InvalidToken, ImproperlyConfigured):
            counts["unreadable"] += 1
        if counts["unreadable"]:
            raise CommandError(
                "Some keys or second factors cannot be read with VAULT_KEYS: "
                "add the vault key they were stored under."
            )

    def rotate(self, model: type[Sealed], pk: int) -> str:
        """What became of one key: rotated, current or unreadable."""
        with transaction.atomic():
            key = model._default_manager.select_for_update().filter(pk=pk).first()
            try:
                if key is None or is_newest(key.ciphertext):
                    return "current"
                key.ciphertext = rotate(key.ciphertext)
            except VaultError as error:
                self.stderr.write(f"{key.holder}: {error}" if key else str(error))
                return "unreadable"
            key.save(update_fields=["ciphertext"])
            return "rotated"

    def show(self, done: int, total: int) -> None:
        if self.stdout.isatty():
            bar = ("█" * (WIDTH * done // total)).ljust(WIDTH, "·")
            self.stdout.write(f"\r{bar} {done}/{total}", ending="\n" if done == total else "")
            self.stdout.flush()
