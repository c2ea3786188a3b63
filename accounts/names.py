"""Names that people give to themselves and to agencies: shown to others, and put into mails' subjects."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Direction overrides make a name read as another one; the joiners that some scripts need stay.
OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
LINK = re.compile(r"://|\bwww\.", re.IGNORECASE)


def tidy(name: str) -> str:
    """One line, single spaces, no control characters and no direction overrides."""
    shown = "".join(
        " " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign
        for sign in name
        if sign not in OVERRIDES and unicodedata.category(sign) != "Cs"
    )
    return " ".join(shown.split())


def refuse_links(name: str) -> None:
    """A name that is a link would make our invitations carry other people's advertising."""
    if LINK.search(name):
        raise ValidationError(_("A name can't contain a web address."), code="link")


class NameField(forms.CharField):
    """A name of a person or an agency, tidied; refuses links."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 120)
        super().__init__(**options)
        self.validators.append(refuse_links)

    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value) or "")
