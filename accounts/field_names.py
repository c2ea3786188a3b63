"""What models and their fields are called in the admin, in the operator's language.

A field without a name of its own gets one from Django: `answered_at` is “answered at”. Those are translated like any
other text, and no model has to repeat them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Field, Model
from django.db.models.signals import class_prepared
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CONTEXT = "field"
OURS = ("accounts", "estates", "support", "portal")
THEIRS = ("allauth.mfa.models", "allauth.usersessions.models")
"""Models of others whose fields have no names in any language."""


def unnamed(model: type[Model]) -> Iterator[Field[Any, Any]]:
    """The fields of a model in the admin that Django has named."""
    if model.__module__.partition(".")[0] in OURS or model.__module__ in THEIRS:
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
            if field._verbose_name is None:  # type: ignore[attr-defined]  # what was given, kept for migrations
                yield field


def translate(sender: type[Model], **_about: object) -> None:
    for field in unnamed(sender):
        field.verbose_name = pgettext_lazy(CONTEXT, str(field.verbose_name))


def call(model: type[Model], one: _StrPromise, many: _StrPromise) -> None:
    """Names a model of others; migrations go by what they were written with."""
    model._meta.verbose_name, model._meta.verbose_name_plural = one, many


class_prepared.connect(translate)
