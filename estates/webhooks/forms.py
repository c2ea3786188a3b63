"""What an owner says about a webhook, and what of its log is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundWidget
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from estates.webhooks.addresses import checked_address
from estates.webhooks.kinds import TEST, EventType
from estates.webhooks.models import Delivery, Subscription
from estates.webhooks.retention import KEPT
from estates.webhooks.subscribing import MOST, lacking
from estates.webhooks.words import NOUNS, event_label

TICKED = {"class": "form-check-input"}
Status = Subscription.Status


class WebhookForm(forms.Form):
    """Cleaned to what `subscribe` and `change` take; a new one has no `status` to choose."""

    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.TextInput(
            attrs={"inputmode": "url", "spellcheck": "false", "placeholder": "https://www.example.com/hooks"}
        ),
        help_text=_("Where the messages go, by POST. The partner’s developer names it; https only."),
    )
    events = forms.MultipleChoiceField(
        label=_("What it is told"),
        choices=EventType.choices,
        widget=forms.CheckboxSelectMultiple(attrs=TICKED),
        error_messages={"required": _("Tick at least one: without any nothing is ever sent.")},
    )
    whole = forms.TypedChoiceField(
        label=_("What a message holds"),
        choices=[
            ("no", _("The number and a link: with a key of its own the partner reads the rest")),
            ("yes", _("The whole content, as the partner API shows it")),
        ],
        coerce=lambda value: value == "yes",
        initial="no",
        widget=forms.RadioSelect(attrs=TICKED),
        help_text=_(
            "The whole content of a lead is personal data: names, telephone numbers, what people write. "
            "Choose it only where you may hand these to whoever runs the address, and a contract says so."
        ),
    )
    status = forms.ChoiceField(
        label=_("Sending"),
        choices=[
            (Status.ACTIVE, pgettext_lazy("webhook", "Active")),
            (Status.INACTIVE, pgettext_lazy("webhook", "Paused")),
        ],
        initial=Status.ACTIVE,
        widget=forms.RadioSelect(attrs=TICKED),
        help_text=_(
            "While it is paused nothing is sent, and what happens meanwhile is not kept for this address."
        ),
    )

    def __init__(self, *args: Any, subscription: Subscription | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subscription = subscription
        if subscription is None:
            del self.fields["status"]

    @classmethod
    def of(cls, subscription: Subscription, data: Any = None) -> WebhookForm:
        """Filled with what the webhook is now."""
        initial = {
            "url": subscription.url,
            "events": subscription.events,
            "whole": "yes" if subscription.whole else "no",
            "status": subscription.status,
        }
        return cls(data, subscription=subscription, initial=initial)

    def clean_url(self) -> str:
        return checked_address(self.cleaned_data["url"])

    def clean_events(self) -> list[str]:
        """What a partner's key may not read, its webhook is not told either."""
        events: list[str] = self.cleaned_data["events"]
        key = self.subscription.partner_key if self.subscription else None
        closed = lacking(key, events) if key else []
        if closed:
            raise ValidationError(
                _("The key “%(key)s” asked for this webhook, and may not read all of this: %(scopes)s."),
                params={"key": key, "scopes": ", ".join(closed)},
                code="scope",
            )
        return events

    def add_too_many(self) -> None:
        words = _("An agency has %(most)d webhooks at most. Remove one that is not needed any more.")
        self.add_error(None, ValidationError(words, params={"most": MOST}, code="many"))

    def events_by_noun(self) -> Iterator[tuple[str | Promise, list[BoundWidget]]]:
        """The boxes to tick, under what they are about."""
        boxes = list(self["events"])
        for noun, label in NOUNS.items():
            yield label, [box for box in boxes if box.data["value"].startswith(f"{noun}.")]


class LogForm(forms.Form):
    """The filters of the log, as the URL carries them; what cannot be read filters nothing."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *Delivery.State.choices]
    )
    type = forms.ChoiceField(label=_("Event"), required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = cast(forms.ChoiceField, self.fields["type"])
        known.choices = [("", _("All")), *EventType.choices, (TEST, event_label(TEST))]
        self.full_clean()

    def conditions(self) -> dict[str, Any]:
        """The chosen filters as look-ups of `Delivery`."""
        chosen = {"state": self.cleaned_data.get("state"), "event__type": self.cleaned_data.get("type")}
        return {name: value for name, value in chosen.items() if value}

    @property
    def before_id(self) -> int | None:
        found: int | None = self.cleaned_data.get("before")
        return found


class WindowForm(forms.Form):
    """Cleaned to what `replay_window` takes. Times are the agency's."""

    since = forms.DateTimeField(label=_("Of what happened from"))
    until = forms.DateTimeField(label=_("Up to"))
    failed_only = forms.TypedChoiceField(
        label=_("Which"),
        choices=[
            ("yes", _("Only messages that have not arrived")),
            ("no", _("All, also those that were taken")),
        ],
        coerce=lambda value: value == "yes",
        initial="yes",
        widget=forms.RadioSelect(attrs=TICKED),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateTimeInput(
                attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
            )

    def clean_since(self) -> datetime:
        since: datetime = self.cleaned_data["since"]
        if since < timezone.now() - KEPT - timedelta(days=1):
            words = _("Messages are kept for %(days)d days: there are none of that time.")
            raise ValidationError(words, params={"days": KEPT.days}, code="forgotten")
        return since

    def clean_until(self) -> datetime:
        """With its whole minute; what has not happened yet cannot be sent again."""
        until: datetime = self.cleaned_data["until"]
        return min(until.replace(second=59, microsecond=999_999), timezone.now())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", ValidationError(_("This is before the beginning."), code="order"))
        return cleaned
