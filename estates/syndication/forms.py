"""What people choose about publication: rules, filters of the list, and decisions about one listing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.names import tidy
from estates.catalogue.forms import AmountField
from estates.syndication.models import Listing, Verdict
from estates.syndication.rules.filters import Rules
from estates.syndication.standings import Standing

WORDS_LIMIT, MOST_WORDS = 120, 300
SOON, UNCHOSEN = "soon", "unchosen"
TABS: dict[str, str | Promise] = {
    "": pgettext_lazy("listings", "All"),
    SOON: _("Lapsing soon"),
    **{standing.value: standing.label for standing in Standing},
    UNCHOSEN: pgettext_lazy("estates", "Not chosen"),
}
"""The lists of a plan's page of listings. That of `UNCHOSEN` is of estates, for they have no listing."""
KEPT = ("standing", "query", "verdict")
"""The URL's parameters that say what is looked for."""


class WordsField(forms.Field):
    """Ticked words, of an open list: one that no estate uses any more stays ticked until somebody takes it away."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def to_python(self, value: Any) -> tuple[str, ...]:
        words = (tidy(str(word))[:WORDS_LIMIT] for word in list(value or ())[:MOST_WORDS])
        return tuple(dict.fromkeys(word for word in words if word))


class RulesForm(forms.Form):
    """Rules as a person chooses them. `version` is the one that the person looked at."""

    statuses = WordsField(label=_("Status"))
    types = WordsField(label=_("Type"))
    offers = WordsField(label=_("Offer"))
    cities = WordsField(label=_("City"))
    other_cities = forms.CharField(
        label=_("Other cities"),
        required=False,
        max_length=2000,
        help_text=_("With commas between them. Accents and capitals make no difference."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    min_price = AmountField(label=_("Price from"))
    max_price = AmountField(label=_("Price to"))
    featured = forms.BooleanField(label=_("Only featured estates"), required=False)
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def clean(self) -> None:
        low, high = self.cleaned_data.get("min_price"), self.cleaned_data.get("max_price")
        if low is not None and high is not None and low > high:
            self.add_error("max_price", _("This is less than the lower limit: no estate could meet both."))

    @property
    def ticked(self) -> Rules:
        """What the valid fields say, but for the towns that were typed: until they are saved they stay there."""
        known = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("version", "other_cities")
        }
        return Rules(**known)

    @property
    def rules(self) -> Rules:
        """What the valid fields say, typed towns included."""
        words = (tidy(word)[:WORDS_LIMIT] for word in self.cleaned_data.get("other_cities", "").split(","))
        cities = dict.fromkeys([*self.ticked.cities, *(word for word in words if word)])
        return replace(self.ticked, cities=tuple(cities)[:MOST_WORDS])


class FilterForm(forms.Form):
    """The filters of the list. A bad value has an error at its field, and the others still filter."""

    query = forms.CharField(label=_("Words"), required=False, max_length=200)
    verdict = forms.ChoiceField(
        label=_("Forecast"),
        required=False,
        choices=[("", pgettext_lazy("forecast", "All")), *Verdict.choices],
    )
    standing = forms.ChoiceField(required=False, choices=list(TABS.items()), widget=forms.HiddenInput)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter_%s")

    @property
    def tab(self) -> str:
        return str(self.cleaned_data.get("standing") or "")

    @property
    def shown(self) -> dict[str, Any]:
        """The filters in use beside the list that is open, in words."""
        words = dict(Verdict.choices)
        known = {name: self.cleaned_data.get(name) for name in ("query", "verdict")}
        return {name: words.get(value, value) for name, value in known.items() if value}


class HandForm(forms.Form):
    hand = forms.ChoiceField(required=False, choices=Listing.Hand.choices)


class SwitchForm(forms.Form):
    active = forms.ChoiceField(choices=[("on", _("on")), ("off", _("off"))])
