"""The filters in use, as things that a person can take away."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django import forms
from django.http import QueryDict

from estates.catalogue.forms import FILTERS
from estates.catalogue.models import SavedSearch

KEPT = (*FILTERS, "gone", "orderby", "order", "view")
LONGEST = SavedSearch._meta.get_field("query").max_length or 0
"""What a saved search keeps of the query string; the cursor is a place, not a filter."""


class Chip(NamedTuple):
    """A filter in use: its parameter, label and value, and the page's query string without it."""

    name: str
    label: str
    value: object
    without: str


def chips(form: forms.Form, shown: Mapping[str, Any], asked: QueryDict) -> list[Chip]:
    """One for each filter that is set and valid, in the form's order."""
    return [
        Chip(name, str(form.fields[name].label), shown[name], without(asked, name))
        for name in form.fields
        if name in shown
    ]


def without(asked: QueryDict, *names: str) -> str:
    rest = asked.copy()
    for name in (*names, "cursor"):
        rest.pop(name, None)
    return f"?{rest.urlencode()}"


def kept(asked: QueryDict, names: Iterable[str] = KEPT) -> str:
    """The part of a query string that says what is looked for, as much of it as a row holds."""
    rest = QueryDict(mutable=True)
    for name in names:
        if value := asked.get(name):
            rest[name] = str(value)
        if len(rest.urlencode()) > LONGEST:
            rest.pop(name)
    return rest.urlencode()
