from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from estates.catalogue.facets import KINDS, PLACES
from estates.catalogue.paging import Order
from estates.catalogue.plan import LONGEST, SHORTEST
from estates.catalogue.public_urls import parse_public_url
from estates.catalogue.search import LOOKUPS, Search

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FILTERS = ("query", *KINDS, *LOOKUPS, *PLACES)
"""The parameters of Ts-Immo's search, by their names there; they have the same in our URLs."""

VIEWS: dict[str, Promise] = {"cards": _("Cards"), "table": _("Table"), "map": _("Map")}
ORDERS: dict[str, tuple[Promise, bool]] = {
    "created_at": (_("Newest first"), True),
    "updated_at": (_("Last updated first"), True),
    "price": (_("Lowest price first"), False),
    "-price": (_("Highest price first"), True),
    "surface": (_("Smallest first"), False),
    "-surface": (_("Largest first"), True),
    "city": (_("City"), False),
}
YES_OR_NO = [("", _("All")), ("true", _("Yes")), ("false", _("No"))]


class AmountField(forms.DecimalField):
    """A number as people type it: "250 000", "84,5"."""

    def __init__(self, **options: Any) -> None:
        attributes = {"inputmode": "decimal", "autocomplete": "off"}
        widget = forms.TextInput(attrs=attributes)
        super().__init__(
            required=False, min_value=0, max_digits=14, decimal_places=2, widget=widget, **options
        )

    def to_python(self, value: Any) -> Any:
        return super().to_python("".join(str(value or "").split()).replace(",", ".") or None)


def _text(label: _StrPromise) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=120)


def _at_least(label: _StrPromise) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=999, widget=widget)


def _flag(label: _StrPromise) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, required=False, choices=YES_OR_NO, coerce=lambda value: value == "true", empty_value=None
    )


class SearchForm(forms.Form):
    """The filters of the search page. A bad value has an error at its field, and the others still filter."""

    query = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    offer_type = _text(_("Offer"))
    type = _text(_("Type"))
    sub_type = _text(_("Subtype"))
    status = _text(_("Status"))
    min_price = AmountField(label=_("Price from"))
    max_price = AmountField(label=_("Price to"))
    min_surface = AmountField(label=_("Surface from (m²)"))
    max_surface = AmountField(label=_("Surface to (m²)"))
    bedrooms = _at_least(_("Bedrooms, at least"))
    bathrooms = _at_least(_("Bathrooms, at least"))
    city = _text(_("City"))
    postal_code = _text(_("Postal code"))
    region = _text(_("Region"))
    country = _text(_("Country"))
    featured = _flag(_("Featured"))
    is_project = _flag(_("New development"))
    gone = forms.BooleanField(label=_("No longer listed"), required=False)
    orderby = forms.ChoiceField(
        required=False, choices=[(name, name) for name in ORDERS if name[0] != "-"], widget=forms.HiddenInput
    )
    order = forms.ChoiceField(
        required=False, choices=[("ASC", "ASC"), ("DESC", "DESC")], widget=forms.HiddenInput
    )
    view = forms.ChoiceField(required=False, choices=list(VIEWS.items()), widget=forms.HiddenInput)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter_%s")
        for name in ("city", "region"):
            self.fields[name].widget.attrs["list"] = f"known_{name}"

    def clean(self) -> None:
        for least, most in (("min_price", "max_price"), ("min_surface", "max_surface")):
            low, high = self.cleaned_data.get(least), self.cleaned_data.get(most)
            if low is not None and high is not None and low > high:
                self.add_error(most, _("This is less than the lower limit, so it is left out."))

    def search(self) -> Search:
        """What the valid fields ask for."""
        self.full_clean()
        known = self.cleaned_data
        filters = {name: known[name] for name in FILTERS if known.get(name) not in (None, "")}
        column = known.get("orderby") or "created_at"
        descending = known["order"] == "DESC" if known.get("order") else ORDERS[column][1]
        return Search(filters, Order(column, descending), bool(known.get("gone")))

    @property
    def shown_as(self) -> str:
        return self.cleaned_data.get("view") or "cards"


class SavedSearchForm(forms.Form):
    name = forms.CharField(label=_("Name of the search"), max_length=80)


class PublicUrlForm(forms.Form):
    url = forms.CharField(
        label=_("Address of the estate's page on your site"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://www.agence-martin.fr/biens/appartement-lyon-6"}),
        help_text=_("It goes to Ts-Immo, and shows here once Ts-Immo has accepted it."),
    )

    def clean_url(self) -> str:
        return parse_public_url(self.cleaned_data["url"])


class IntervalForm(forms.Form):
    minutes = forms.IntegerField(label=_("Minutes between two syncs"), min_value=SHORTEST, max_value=LONGEST)
