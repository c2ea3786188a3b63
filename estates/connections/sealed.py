"""What every table of stored secrets has in common, so that the vault finds all of them by itself."""

from typing import ClassVar

from django.apps import apps
from django.db import models

SHORTEST_WITH_AN_END = 12
"""Of a key shorter than this, four characters would be too much to show."""


class Sealed(models.Model):
    """A row with a secret in it: ciphertext of the vault and what may be shown of it.

    `named_by` are the look-ups of what the secret belongs to and of that one's agency.
    """

    named_by: ClassVar[tuple[str, str]]

    ciphertext = models.BinaryField()
    last_four = models.CharField(max_length=4, blank=True)

    class Meta:
        abstract = True

    @property
    def holder(self) -> str:
        """What the secret belongs to, for an operator: the agency's address in the portal and a name."""
        raise NotImplementedError


def sealed_models() -> list[type[Sealed]]:
    """The tables of stored secrets, of all rooms."""
    return [model for model in apps.get_models() if issubclass(model, Sealed)]
