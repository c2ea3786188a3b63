"""The shell's vocabulary: icons, states, times, amounts and form fields, each drawn in one way everywhere."""

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from django import forms, template
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import QueryDict
from django.utils import formats, timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timeuntil
from django.utils.translation import gettext

from estates.jobs.tracing import trace_id
from portal.words import LEAD_CODES, REMOTE_WORDS, STATES, UNKNOWN_STATE

register = template.Library()

ICONS = settings.BASE_DIR / "node_modules" / "@tabler" / "icons" / "icons"


@cache
def drawing(name: str) -> str:
    style = "filled" if name.endswith("-filled") else "outline"
    path = ICONS / style / f"{name.removesuffix('-filled')}.svg"
    return path.read_text(encoding="utf-8").replace("<svg", '<svg aria-hidden="true"', 1)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Tabler's icon of that name, inline, hidden from screen readers: a word stands beside it."""
    return mark_safe(drawing(name))


@register.filter
def remote_word(word: str) -> str:
    """A remote's word for a type, offer or status in the reader's language; an unknown one as it came."""
    known = REMOTE_WORDS.get(word.lower())
    return str(known) if known else word.replace("_", " ").capitalize()


@register.filter
def lead_code(value: Any) -> Any:
    """A code of AVIV in the reader's words; whatever else it is, as it came."""
    return LEAD_CODES.get(value, value) if isinstance(value, str) else value


@register.simple_tag
def state(value: str, label: str = "") -> SafeString:
    """A state: icon, word and colour, the same everywhere."""
    drawn, colour = STATES.get(value.lower(), UNKNOWN_STATE)
    return format_html(
        '<span class="badge bg-{}-lt state" data-state="{}">{} {}</span>',
        colour,
        value,
        mark_safe(drawing(drawn)),
        label or remote_word(value),
    )


@register.simple_tag
def as_of(moment: datetime | None) -> SafeString | str:
    """A moment as a person says it, exact on hover and for machines; a dash for none."""
    if moment is None:
        return "–"
    local = timezone.localtime(moment)
    exact = formats.date_format(local, "DATETIME_FORMAT")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, naturaltime(moment)
    )


@register.filter
def day(moment: datetime | None) -> SafeString | str:
    """A day by its date, for a sentence; exact on hover and for machines. A dash for none."""
    if moment is None:
        return "–"
    local = timezone.localtime(moment)
    exact = formats.date_format(local, "DATETIME_FORMAT")
    date = formats.date_format(local, "DATE_FORMAT")
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, date)


@register.filter
def time_left(moment: datetime | None) -> str:
    """How long until a moment, for "in …"; never "0 minutes"."""
    if moment is None or moment - timezone.now() < timedelta(minutes=1):
        return gettext("less than a minute")
    return timeuntil(moment, depth=1)


@register.filter
def open_time(seconds: int) -> str:
    """A span of working time, as "25 min", "3 h 20" or "26 h"."""
    hours, minutes = divmod(seconds // 60, 60)
    if not hours:
        return f"{minutes}\u202fmin"
    return f"{hours}\u202fh" if hours >= 10 or not minutes else f"{hours}\u202fh\u202f{minutes:02}"


@register.simple_tag
def request_id() -> str:
    """The id under which the logs hold this request."""
    return trace_id.get()


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The page's query string with some parameters changed; None takes one away."""
    asked: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        asked.pop(name, None)
        if value is not None:
            asked[name] = str(value)
    return f"?{asked.urlencode()}"


def grouped(value: Decimal | float, places: int = 0) -> str:
    """A number with the language's separators; French groups with a narrow no-break space."""
    text = str(formats.number_format(value, places, use_l10n=True, force_grouping=True))
    return text.replace("\xa0", "\u202f")


@register.filter
def money(amount: Any, currency: str = "EUR") -> str:
    """An amount with its currency, without cents where there are none."""
    try:
        value = Decimal(str(amount))
    except InvalidOperation:
        return ""
    text = grouped(value, 0 if value == value.to_integral_value() else 2)
    sign = {"EUR": "€", "USD": "$", "GBP": "£", "CHF": "CHF"}.get(currency or "EUR", currency)
    return f"{text}\u202f{sign}" if translation.get_language() == "fr" or len(sign) > 1 else f"{sign}{text}"


@register.filter
def surface(square_metres: Any) -> str:
    """A surface in m²; nothing for none."""
    if square_metres is None or square_metres == "":
        return ""
    value = Decimal(str(square_metres))
    places = 0 if value == value.to_integral_value() else 1
    return f"{grouped(value, places)}\u00a0m²"


@register.filter
def count(number: int, cap: int = 0) -> str:
    """A number of things; where counting stopped at `cap`, says so honestly as "1,000+"."""
    return f"{grouped(cap)}+" if cap and number > cap else grouped(number)


@register.filter
def address_lines(mail: str) -> SafeString:
    """A mail's address that, where it needs two lines, is broken before its domain."""
    mailbox, at, domain = mail.rpartition("@")
    return format_html("{}{}<wbr>{}", mailbox, at, domain) if at else format_html("{}", mail)


def control_class(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


@register.inclusion_tag("shell/_field.html")
def field(bound: forms.BoundField, **attributes: str) -> dict[str, Any]:
    """A form's field: label above, help and error below."""
    known: dict[str, str | bool] = {name.replace("_", "-"): value for name, value in attributes.items()}
    known["class"] = f"{control_class(bound.field.widget)} {known.get('class', '')}".strip()
    if bound.errors:
        known |= {"class": f"{known['class']} is-invalid", "aria-invalid": "true"}
    return {
        "field": bound,
        "control": bound.as_widget(attrs=known),
        "is_check": isinstance(bound.field.widget, forms.CheckboxInput),
        "is_group": isinstance(bound.field.widget, forms.RadioSelect),
        "is_lost": _is_lost(bound),
    }


def _is_lost(bound: forms.BoundField) -> bool:
    """Whether something that a page never shows again was typed, and must be once more for another field's sake."""
    widget = bound.field.widget
    is_secret = isinstance(widget, forms.PasswordInput) and not widget.render_value
    others = bound.form.errors.keys() - {bound.name, NON_FIELD_ERRORS}
    return is_secret and bool(bound.data and others) and not bound.errors


@register.inclusion_tag("shell/_fields.html")
def fields(form: forms.BaseForm) -> dict[str, Any]:
    """All of a form's fields, and what is wrong with the form as a whole."""
    return {"form": form}
