"""What people type and choose about tickets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Agency
from accounts.names import tidy
from estates.wordpress.domains import shown
from estates.wordpress.listing import sites_of
from estates.wordpress.models import Site
from support.models import Ticket
from support.models.tickets import SUBJECT_LIMIT
from support.states import LABELS, label_of

TEXT_LIMIT = 20_000
"""Characters of a message, as many as are read back from Ts-Immo."""
FILTERS = ("query", "domain", "state", "unread")
KEPT = (*FILTERS, "tab")
"""The URL's parameters that say what is looked for."""
TABS: dict[str, str | Promise] = {
    "all": pgettext_lazy("tickets", "All"),
    "you": _("For you"),
    "support": _("Waiting for support"),
    "closed": _("Closed"),
}
NO_STATE = "NONE"


def prose(typed: str) -> str:
    """A text with one kind of line end, and without what a database refuses."""
    return typed.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


class Prose(forms.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=TEXT_LIMIT, strip=False, **options)

    def to_python(self, value: Any) -> str:
        return prose(super().to_python(value) or "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without `maxlength`, by which browsers cut what is pasted; a word that it is too long loses nothing."""
        return {}


class Line(forms.CharField):
    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value) or "")


class TicketForm(forms.Form):
    """A new ticket, and the draft that it is made of. It can only refer to a ticket of the agency."""

    site = forms.ModelChoiceField(
        label=_("Site"), queryset=Site.objects.across_agencies().none(), empty_label=_("Choose a site")
    )
    subject = Line(label=_("Subject"), max_length=SUBJECT_LIMIT, widget=forms.TextInput())
    text = Prose(
        label=_("Message"),
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text=_("What did you do, what did you expect, what happened instead?"),
    )
    token = forms.UUIDField(required=False, widget=forms.HiddenInput)
    follows = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agency = agency
        self.fields["site"].queryset = sites_of(agency)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        # Where no script takes a file at once, a form that is sent has only its name.
        if name := tidy(self.data.get("file", "")):
            raise forms.ValidationError(
                _(
                    "“%(name)s” is not with the ticket yet. Choose it once more and press “Add”; nothing was sent."
                )
                % {"name": name}
            )
        return self.cleaned_data

    def clean_follows(self) -> Ticket | None:
        return referred(self.agency, self.cleaned_data["follows"])

    @property
    def typed(self) -> dict[str, Any]:
        """What a draft keeps of a form that was filled in, be it right or wrong."""
        known = self.cleaned_data
        return {
            "subject": tidy(self.data.get("subject", ""))[:SUBJECT_LIMIT],
            "text": prose(self.data.get("text", "")),
            "site": known.get("site"),
            "follows": known.get("follows"),
        }


class CommentForm(forms.Form):
    text = Prose(label=_("Your message"), widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}))
    token = forms.UUIDField(widget=forms.HiddenInput)


class SeenForm(forms.Form):
    """The message as it was when the person decided about it."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1)


class UptoForm(forms.Form):
    """The newest message that the person had before their eyes."""

    upto = forms.IntegerField(min_value=0, max_value=2**62)


class WatchForm(forms.Form):
    watches = forms.BooleanField(required=False)


class FilterForm(forms.Form):
    """The filters of the list, which offers what occurs: pairs of domain and state. A bad value has an error at
    its field, and the others still filter.
    """

    query = forms.CharField(label=_("Words"), required=False, max_length=200)
    domain = forms.ChoiceField(label=_("Site"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    unread = forms.BooleanField(label=_("Only unread"), required=False)
    tab = forms.ChoiceField(required=False, choices=list(TABS.items()), widget=forms.HiddenInput)

    def __init__(self, data: Any, occurring: Iterable[tuple[str, str]]) -> None:
        super().__init__(data, auto_id="filter_%s")
        pairs = list(occurring)
        domains = sorted({domain for domain, _state in pairs})
        known = {state: str(label_of(state)) for state in LABELS}
        states = {state.upper(): str(label_of(state)) for _domain, state in pairs}
        ordered = [state for state in known if state in states] + sorted(states.keys() - known.keys())
        every = [("", pgettext_lazy("tickets", "All"))]
        sites = [(domain, shown(domain)) for domain in domains]
        self.fields["domain"].choices = [*every, *sites]  # type: ignore[attr-defined]
        self.fields["state"].choices = [*every, *((s or NO_STATE, states[s]) for s in ordered)]  # type: ignore[attr-defined]

    @property
    def shown(self) -> dict[str, Any]:
        """The filters in use, in words."""
        words = {name: dict(self.fields[name].choices) for name in ("domain", "state")}  # type: ignore[attr-defined]
        return {
            name: words[name][value] if name in words else value
            for name, value in self.cleaned_data.items()
            if name in FILTERS and value
        }


def referred(agency: Agency, pk: str) -> Ticket | None:
    """The agency's ticket of this key, as it stands in an address or a form."""
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    return Ticket.objects.for_agency(agency).filter(pk=int(pk)).defer("raw", "digest").first()
