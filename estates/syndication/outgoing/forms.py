from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from accounts.names import tidy
from estates.catalogue.forms import SearchForm
from estates.syndication.models import Outlet
from estates.syndication.outgoing.selection import BadQuery, filters_of

FOLDED = (
    "min_surface",
    "max_surface",
    "bedrooms",
    "bathrooms",
    "postal_code",
    "region",
    "country",
    "featured",
    "is_project",
)
"""Filters that few outlets need."""


class OutletForm(forms.Form):
    """What an address for a portal is called and gives; which estates, the filters beside it say."""

    name = forms.CharField(
        label=_("Portal"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Who will fetch the estates here. Each portal has an address of its own."),
    )
    format = forms.ChoiceField(
        label=_("Format"),
        choices=Outlet.Format.choices,
        initial=Outlet.Format.OPENIMMO,
        help_text=_(
            "Idealista's format knows Spain and Portugal only: it places estates of other countries in Spain."
        ),
    )
    encoding = forms.ChoiceField(
        label=_("Encoding"),
        choices=Outlet.Encoding.choices,
        initial=Outlet.Encoding.UTF_8,
        help_text=_("UTF-8, unless the portal asks for windows-1252."),
    )

    def __init__(self, data: Any = None, *, agency: Agency, outlet: Outlet | None = None) -> None:
        held = {name: getattr(outlet, name) for name in self.base_fields} if outlet else {}
        super().__init__(data, initial=held)
        self.agency, self.outlet = agency, outlet

    def clean_name(self) -> str:
        name: str = tidy(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Give the portal a name."))
        others = Outlet.objects.for_agency(self.agency).filter(name=name)
        if self.outlet:
            others = others.exclude(pk=self.outlet.pk)
        if others.exists():
            self.taken()
        return name

    def taken(self) -> None:
        self.add_error("name", _("There is an address for a portal of this name already."))


class FiltersForm(SearchForm):
    """The catalogue's filters, of which none may be wrong: a filter that is left out would let more through."""

    kept = ""
    """The valid filters, as a row keeps them."""

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        for name in ("gone", "orderby", "order", "view"):
            del self.fields[name]

    @property
    def more_in_use(self) -> bool:
        """Whether one of the filters that are folded away says something, or is wrong."""
        return any(self[name].errors or self[name].value() not in (None, "") for name in FOLDED)

    def clean(self) -> None:
        super().clean()
        try:
            self.kept = filters_of(cast("QueryDict", self.data))
        except BadQuery:
            raise forms.ValidationError(_("These filters are too long to be kept.")) from None
