"""All that is known of one estate, made ready to be read."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from estates.catalogue.models import Estate, EstateChange, EstatePayload
from estates.remotes.ts_immo_estates import Estate as RemoteEstate
from estates.remotes.ts_immo_estates import parse_estate

RAW_SHOWN = 200_000
# ts-immo.txt does not publish where the energy labels stand: unverified, so all likely places are looked at.
ENERGY_PATHS = {
    "DPE": ("energy.dpe", "energy.energy_class", "diagnostics.dpe", "dpe", "energy_class", "dpe_letter"),
    "GES": ("energy.ges", "energy.ghg_class", "diagnostics.ges", "ges", "ghg_class", "ges_letter"),
}
BREAKS = re.compile(r"<br\s*/?>|</p>", re.IGNORECASE)
TAGS = re.compile(r"<[^<>]*>")


class Energy(NamedTuple):
    """A label of French energy law: DPE (consumption) or GES (emissions), letter and figure (or none)."""

    name: str
    letter: str
    figure: str = ""


class Event(NamedTuple):
    """A line of an estate's history. `percent` is the change of a price; None where there is none to tell."""

    at: datetime
    kind: str
    label: str | Promise
    before: str = ""
    after: str = ""
    percent: Decimal | None = None


@dataclass(frozen=True)
class Dossier:
    """`raw` is the payload as indented JSON, and was cut where `raw_cut`."""

    estate: Estate
    description: str
    amenities: tuple[str, ...]
    energy: list[Energy]
    history: list[Event]
    raw: str
    raw_cut: bool


def dossier(estate: Estate) -> Dossier:
    """Reads the payload anew, so that what needs no column needs none."""
    body = EstatePayload.objects.filter(estate=estate).values_list("body", flat=True).first() or ""
    try:
        payload = json.loads(body)
    except ValueError:
        payload = {}
    parsed = parse_estate(payload)
    readable = parsed if isinstance(parsed, RemoteEstate) else None
    raw = indented(body)
    return Dossier(
        estate,
        _plain(readable.description) if readable else "",
        readable.amenities if readable else (),
        list(_energy(payload)),
        history(estate),
        raw[:RAW_SHOWN],
        len(raw) > RAW_SHOWN,
    )


def indented(body: str) -> str:
    """JSON for people to read; what is no JSON as it is."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body


def history(estate: Estate) -> list[Event]:
    """What happened to the estate, the latest first, down to its first being seen here."""
    events = [
        Event(
            change.at, change.field, change.get_field_display(), change.before, change.after, _percent(change)
        )
        for change in EstateChange.objects.for_agency(estate.agency)
        .filter(estate=estate)
        .order_by("-at", "-pk")
    ]
    return [*events, Event(estate.first_seen_at, "first", _("First seen here"))]


def _percent(change: EstateChange) -> Decimal | None:
    if change.field != EstateChange.Field.PRICE:
        return None
    try:
        before, after = Decimal(change.before), Decimal(change.after)
        return ((after - before) / before * 100).quantize(Decimal("0.1"))
    except (InvalidOperation, ZeroDivisionError):
        return None  # it had no price before, has none now, or had one of 0


def _energy(payload: Any) -> Iterator[Energy]:
    for name, paths in ENERGY_PATHS.items():
        for path in paths:
            found = _at(payload, path)
            letter = found.get("letter", found.get("class")) if isinstance(found, dict) else found
            if isinstance(letter, str) and letter.strip().upper() in tuple("ABCDEFG"):
                yield Energy(name, letter.strip().upper(), _figure(_at(payload, f"{path}_value")))
                break


def _figure(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) and abs(value) < 100_000 else ""


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _plain(text: str) -> str:
    """Agents write HTML into descriptions; only its line breaks are kept."""
    return TAGS.sub("", BREAKS.sub("\n", text)).strip()
