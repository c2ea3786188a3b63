"""What a model's fields are called in the admin, in the operator's language.

A field without a name of its own gets one from Django: `answered_at` is “answered at”. Those are translated like any
other text, and no model has to repeat them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Field, Model
from django.db.models.signals import class_prepared
from django.utils.translation import pgettext_lazy

CONTEXT = "field"
ROOMS = ("accounts", "estates", "support", "portal")


def unnamed(model: type[Model]) -> Iterator[Field[Any, Any]]:
    """The fields of one of our models that Django has named."""
    if model.__module__.partition(".")[0] in ROOMS:
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
            if field._verbose_name is None:  # type: ignore[attr-defined]  # what was given, kept for migrations
                yield field


def translate(sender: type[Model], **_about: object) -> None:
    for field in unnamed(sender):
        field.verbose_name = pgettext_lazy(CONTEXT, str(field.verbose_name))


class_prepared.connect(translate)
