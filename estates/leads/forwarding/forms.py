from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from estates.catalogue.forms import AmountField
from estates.leads.forwarding.buyer import LANGUAGES, MESSAGE_LIMIT, NAME_LIMIT, PHONES

UNKNOWN = ("", _("Not known"))
LANGUAGE_NAMES = {"fr": _("French"), "en": _("English")}


class LeadForm(forms.Form):
    """A lead as it goes to Ts-Immo: prefilled from what the source said, changed by whoever sends it."""

    civility = forms.ChoiceField(
        label=_("Civility"), required=False, choices=[UNKNOWN, ("MR", _("Mr")), ("MS", _("Ms"))]
    )
    type = forms.ChoiceField(label=_("Kind"), choices=[("PERSON", _("Person")), ("COMPANY", _("Company"))])
    company = forms.CharField(label=_("Company"), required=False, max_length=NAME_LIMIT)
    first_name = forms.CharField(label=_("First name"), required=False, max_length=NAME_LIMIT)
    last_name = forms.CharField(label=_("Last name"), required=False, max_length=NAME_LIMIT)
    mail = forms.EmailField(label=_("Mail"), required=False, max_length=254)
    second_mail = forms.EmailField(label=_("Second mail"), required=False, max_length=254)
    phones = forms.CharField(
        label=_("Phone numbers"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One in each line, five at most."),
    )
    message = forms.CharField(
        label=_("Message"),
        required=False,
        max_length=MESSAGE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    note = forms.CharField(
        label=_("Internal note"),
        required=False,
        max_length=MESSAGE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only colleagues read it at Ts-Immo; the person never does."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[UNKNOWN, *((code, LANGUAGE_NAMES[code]) for code in LANGUAGES)],
    )
    city = forms.CharField(label=_("Lives in"), required=False, max_length=NAME_LIMIT)
    postal_code = forms.CharField(label=_("Postal code"), required=False, max_length=20)
    country = forms.CharField(
        label=_("Country"), required=False, max_length=2, help_text=_("Two letters, such as FR.")
    )
    offer_type = forms.CharField(
        label=_("Looks for"), required=False, max_length=40, help_text=_("As Ts-Immo says it: sale, rental…")
    )
    min_budget = AmountField(label=_("Budget from (€)"))
    max_budget = AmountField(label=_("Budget to (€)"))

    def clean_phones(self) -> str:
        lines = [line.strip() for line in str(self.cleaned_data["phones"]).splitlines() if line.strip()]
        if len(lines) > PHONES:
            raise ValidationError(_("Five numbers at most."))
        return "\n".join(lines)

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("type") == "COMPANY" and not given.get("company"):
            self.add_error("company", _("Name the company, or say that it is a person."))
        low, high = given.get("min_budget"), given.get("max_budget")
        if low is not None and high is not None and low > high:
            self.add_error("max_budget", _("This is less than the lower end."))
        reached = [given.get(name) for name in ("mail", "phones", "last_name", "company")]
        if not any(reached) and not self.errors:
            raise ValidationError(_("Give at least a name, a mail address or a phone number."))
        return given

    def buyer(self) -> dict[str, str]:
        """What was given, as text: it is stored as JSON."""
        given = self.cleaned_data.items()
        return {name: _text(value) for name, value in given}


def _text(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value or "")
