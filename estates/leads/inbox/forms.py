"""What people type and choose in the inbox."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Membership, User
from accounts.roles import Role
from estates.catalogue.models import Estate
from estates.connections.models import System
from estates.leads.inbox.search import NEWEST, NOBODY, OLDEST, TABS, Search
from estates.leads.inbox.verbs import NOTE_LIMIT
from estates.leads.models import State

FILTERS = ("query", "source", "portal", "category", "assignee", "estate", "since", "until", "erased")
KEPT = (*FILTERS, "tab", "order")
"""The URL's parameters that say what is looked for."""
ORDERS: dict[str, Promise] = {"oldest": _("Oldest first"), "newest": _("Newest first")}
DAY = forms.DateInput(attrs={"type": "date"})


def colleagues(agency: Agency) -> QuerySet[User]:
    """Who may be in charge of a lead: whoever may answer one."""
    able = [role for role in Role if role.suffices_for(Role.AGENT)]
    return User.objects.filter(memberships__agency=agency, memberships__role__in=able).order_by(
        "name", "email"
    )


class FilterForm(forms.Form):
    """The filters of the inbox. A bad value has an error at its field, and the others still filter."""

    query = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    source = forms.ChoiceField(label=_("Source"), required=False, choices=[("", _("All")), *System.choices])
    portal = forms.CharField(label=_("Portal"), required=False, max_length=120)
    category = forms.CharField(label=_("Category"), required=False, max_length=80)
    assignee = forms.ChoiceField(label=_("In charge"), required=False)
    estate = forms.ModelChoiceField(
        label=_("Estate"), required=False, queryset=Estate.objects.across_agencies().none()
    )
    since = forms.DateField(label=_("From"), required=False, widget=DAY)
    until = forms.DateField(label=_("To"), required=False, widget=DAY)
    erased = forms.BooleanField(label=_("Erased"), required=False)
    tab = forms.ChoiceField(required=False, choices=[(name, name) for name in TABS], widget=forms.HiddenInput)
    order = forms.ChoiceField(required=False, choices=list(ORDERS.items()), widget=forms.HiddenInput)

    def __init__(self, data: Any, membership: Membership) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.membership = membership
        agency = membership.agency
        self.fields["assignee"].choices = self._people  # type: ignore[attr-defined]
        estates = Estate.objects.for_agency(agency).defer("search_text", "digest")
        self.fields["estate"].queryset = estates  # type: ignore[attr-defined]

    @cached_property
    def colleagues(self) -> list[User]:
        """Asked for where they are shown or chosen from, and then once."""
        return list(colleagues(self.membership.agency))

    def _people(self) -> list[tuple[str, str | Promise]]:
        people = [(str(user.pk), str(user)) for user in self.colleagues]
        return [("", _("All")), (NOBODY, _("Nobody")), *people]

    def search(self) -> Search:
        """What the valid fields ask for."""
        self.full_clean()
        known = self.cleaned_data
        filters = {name: known[name] for name in FILTERS if known.get(name)}
        for name, days in (("since", 0), ("until", 1)):
            if name in filters:
                filters[name] = self._midnight(filters[name], days)
        tab = known.get("tab") or "answer"
        order = known.get("order") or ("oldest" if tab == "answer" else "newest")
        return Search(tab, filters, OLDEST if order == "oldest" else NEWEST, self.membership.user.pk)

    @property
    def shown(self) -> dict[str, Any]:
        """The filters in use, in words."""
        words = {"source": dict(System.choices), "assignee": dict(self.fields["assignee"].choices)}  # type: ignore[attr-defined]
        return {
            name: words[name][value] if name in words else value
            for name, value in self.cleaned_data.items()
            if name in FILTERS and value
        }

    def _midnight(self, day: date, later: int) -> datetime:
        # A day at either end of the calendar may have no midnight in another zone.
        day = min(max(day, date(1900, 1, 1)), date(9000, 1, 1)) + timedelta(days=later)
        return datetime.combine(day, time(), ZoneInfo(self.membership.agency.time_zone))


class StateForm(forms.Form):
    """The state that a lead is to have, and the one that it had when the person looked."""

    state = forms.ChoiceField(choices=State.choices)
    seen = forms.ChoiceField(choices=State.choices, required=False)


class AssigneeForm(forms.Form):
    """Who is to be in charge: a colleague, or nobody where it is left empty."""

    assignee = forms.ModelChoiceField(
        label=_("In charge"),
        required=False,
        queryset=User.objects.none(),
        widget=forms.Select(attrs={"class": "form-select w-auto"}),
    )

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["assignee"]
        field.queryset, field.empty_label = colleagues(agency), _("Nobody")  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    words = forms.CharField(
        label=_("Note"), max_length=NOTE_LIMIT, widget=forms.Textarea(attrs={"rows": 3}), strip=True
    )


class LinkForm(forms.Form):
    """The estate that a lead is about, by its key; none takes the link away."""

    estate = forms.ModelChoiceField(required=False, queryset=Estate.objects.across_agencies().none())

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        estates = Estate.objects.for_agency(agency).defer("search_text", "digest")
        self.fields["estate"].queryset = estates  # type: ignore[attr-defined]
