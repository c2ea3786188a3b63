from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from estates.catalogue.forms import AmountField
from estates.connections.models import System
from estates.leads.models import RoutingRule
from estates.leads.models.routing import CLAIM_MINUTES
from estates.leads.routing.route import able_members

SOURCES = (System.MARKETING_LAB, System.AVIV)
LONGEST_OFFER = 24 * 60
Target = RoutingRule.Target


def _words(label: Any, limit: int, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=limit, help_text=help_text)


class RuleForm(forms.Form):
    """A routing rule: which leads it fits, and whose they become."""

    name = forms.CharField(label=_("Name of the rule"), max_length=80)
    source = forms.ChoiceField(
        label=_("Source"),
        required=False,
        choices=[("", _("Any")), *((system.value, system.label) for system in SOURCES)],
    )
    category = _words(_("Category"), 80, _("As the source calls it, such as CLASSIFIED."))
    programme = _words(_("Programme"), 200)
    region = _words(_("Region"), 120)
    city = _words(_("City of the estate"), 120)
    min_price = AmountField(label=_("Price of the estate from (€)"))
    max_price = AmountField(label=_("Price of the estate to (€)"))
    target = forms.ChoiceField(label=_("Goes to"), choices=Target.choices)
    people = forms.MultipleChoiceField(
        label=_("People"),
        help_text=_("Members who work with leads. Who leaves the agency is skipped."),
    )
    claim_minutes = forms.IntegerField(
        label=_("Minutes to take it"),
        min_value=1,
        max_value=LONGEST_OFFER,
        initial=CLAIM_MINUTES,
        help_text=_("For “Whoever takes it first”: after that it goes to the person below."),
    )
    fallback = forms.ChoiceField(
        label=_("Otherwise to"),
        required=False,
        help_text=_("When nobody takes it in time, or the people above have left."),
    )
    forward = forms.BooleanField(
        label=_("Send to Ts-Immo as well, when the lead is about one of its estates"), required=False
    )

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.able = {str(user.pk): user for user in able_members(agency)}
        names = sorted(self.able.items(), key=lambda pair: str(pair[1]).casefold())
        self.fields["people"].choices = names  # type: ignore[attr-defined]
        self.fields["fallback"].choices = [("", _("Nobody")), *names]  # type: ignore[attr-defined]

    def clean_people(self) -> list[User]:
        return [self.able[chosen] for chosen in self.cleaned_data["people"]]

    def clean_fallback(self) -> User | None:
        return self.able.get(self.cleaned_data["fallback"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        people = given.get("people")
        if given.get("target") == Target.PERSON and people is not None and len(people) > 1:
            self.add_error("people", _("Choose one person, or say that several get the leads in turn."))
        low, high = given.get("min_price"), given.get("max_price")
        if low is not None and high is not None and low > high:
            self.add_error("max_price", _("This is less than the lower end."))
        return given

    def unsaved(self, agency: Agency) -> RoutingRule:
        """The rule as it was typed, to be tried."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "people"}
        return RoutingRule(agency=agency, position=0, **given)


def initial_of(rule: RoutingRule) -> dict[str, Any]:
    names = [name for name in RuleForm.base_fields if name not in ("people", "fallback")]
    people = {"people": [each.pk for each in rule.people.all()], "fallback": rule.fallback_id}
    return {name: getattr(rule, name) for name in names} | people
