"""Office hours as people write them: "9:00-12:30, 14:00-18:30", and closing days one on a line."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from estates.leads.models import OfficeHours

# With a context: Django writes its own days small, in the middle of dates.
DAYS = (
    pgettext_lazy("office hours", "Monday"),
    pgettext_lazy("office hours", "Tuesday"),
    pgettext_lazy("office hours", "Wednesday"),
    pgettext_lazy("office hours", "Thursday"),
    pgettext_lazy("office hours", "Friday"),
    pgettext_lazy("office hours", "Saturday"),
    pgettext_lazy("office hours", "Sunday"),
)
CLOSINGS = 200
SPANS = 4
_TIME = re.compile(r"([0-9]{1,2})(?:\s*[:hH.]\s*([0-9]{2})?)?")
_DATES = ("%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y")
_DASH = re.compile(r"\s+(?:-|–|—|au|to)\s+|\s*[–—]\s*")


class SpansField(forms.CharField):
    """A day's open spans as ["09:00", "12:30"]; empty is closed."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "placeholder": str(_("closed"))})
        super().__init__(required=False, max_length=120, widget=widget, **options)

    def clean(self, value: Any) -> list[list[str]]:
        spans = [_span(part) for part in re.split(r"[,;]", super().clean(value)) if part.strip()]
        edges = [edge for span in spans for edge in span]
        if edges != sorted(set(edges)) or len(spans) > SPANS:
            raise ValidationError(_("The times must follow each other, as in 9:00-12:30, 14:00-18:30."))
        return spans


class ClosingsField(forms.CharField):
    """Days or spans of days, one on a line, as ["2026-12-24", "2027-01-02"]."""

    def clean(self, value: Any) -> list[list[str]]:
        found = [_days(line) for line in super().clean(value).splitlines() if line.strip()]
        if len(found) > CLOSINGS:
            raise ValidationError(_("These are too many."))
        return sorted(found)


class HoursForm(forms.Form):
    """The office hours of an agency."""

    holidays = forms.BooleanField(
        label=_("Closed on public holidays"), required=False, help_text=_("The eleven of all of France.")
    )
    closed = ClosingsField(
        label=_("Own closing days"),
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": "24/12/2026 – 02/01/2027"}),
        help_text=_("One day on a line, or the first and the last with a dash between them."),
    )
    target_minutes = forms.IntegerField(
        label=_("Answer within (working minutes)"),
        min_value=1,
        max_value=30_000,
        help_text=_("Who has waited longer shows in red, and on the dashboard."),
    )
    field_order = [*(f"day{number}" for number in range(7)), "holidays", "closed", "target_minutes"]

    def __init__(self, data: Any, office: OfficeHours) -> None:
        super().__init__(data, initial=_typed(office))
        for number, name in enumerate(DAYS):
            self.fields[f"day{number}"] = SpansField(label=name)
        self.order_fields(self.field_order)

    @property
    def given(self) -> dict[str, Any]:
        """The columns of `OfficeHours`."""
        known = self.cleaned_data
        week = [known[f"day{number}"] for number in range(7)]
        return {"week": week, **{name: known[name] for name in ("holidays", "closed", "target_minutes")}}


def _typed(office: OfficeHours) -> dict[str, Any]:
    """Stored hours as people write them."""
    days = {
        f"day{number}": ", ".join(f"{opens}-{closes}" for opens, closes in spans)
        for number, spans in enumerate(office.week)
    }
    lines = (
        f"{first:%d/%m/%Y}" if first == last else f"{first:%d/%m/%Y} – {last:%d/%m/%Y}"
        for first, last in (map(date.fromisoformat, pair) for pair in office.closed)
    )
    shown = {"holidays": office.holidays, "target_minutes": office.target_minutes}
    return {**days, **shown, "closed": "\n".join(lines)}


def _span(text: str) -> list[str]:
    edges = [_time(edge) for edge in re.split(r"[-–—]", text)]
    if len(edges) != 2:
        raise ValidationError(
            _("“%(text)s” is no time from … to …, as in 9:00-12:30.") % {"text": text.strip()}
        )
    return edges


def _time(text: str) -> str:
    found = _TIME.fullmatch(text.strip())
    try:
        if found:
            return f"{time(int(found[1]), int(found[2] or 0)):%H:%M}"
    except ValueError:
        pass  # 25:00 is refused in the words below
    raise ValidationError(_("“%(text)s” is no time of a day.") % {"text": text.strip()})


def _days(line: str) -> list[str]:
    days = [_day(part) for part in _DASH.split(line.strip())]
    if len(days) > 2 or days != sorted(days):
        raise ValidationError(_("“%(line)s” is no day and no span of days.") % {"line": line.strip()})
    return [days[0], days[-1]]


def _day(text: str) -> str:
    for style in _DATES:
        try:
            return datetime.strptime(text.strip(), style).date().isoformat()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    raise ValidationError(_("“%(text)s” is no date, such as 24/12/2026.") % {"text": text.strip()})
