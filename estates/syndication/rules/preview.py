"""What rules would change, before they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from django.db.models import Case, JSONField, When
from django.utils import timezone

from accounts.models import Agency
from estates.catalogue.models import Estate
from estates.syndication.considering import is_a_files, wants
from estates.syndication.forecast.words import is_refusing
from estates.syndication.models import Listing, Plan, Verdict
from estates.syndication.rules.filters import Rules, candidates, condition_of
from estates.syndication.seeing import read_payload, see

SHOWN = 12
BATCH = 500

Row = TypeVar("Row")


@dataclass(frozen=True)
class Part(Generic[Row]):
    """How many there are, and the first twelve of them."""

    count: int
    shown: list[Row]


class Leaving(NamedTuple):
    """How many of the listings that are left to lapse are online, and until when the last of those."""

    online: int
    last: datetime | None


@dataclass(frozen=True)
class Preview:
    """What the next look would do: estates that join, listings that stay and are refreshed, those left to lapse.

    `held` counts those among the first two that the forecast refuses: they are held back until they are mended.
    `why` are the reasons for that, most frequent first: one as it stands in `Listing.reasons`, and of how many.
    """

    adds: Part[Estate]
    refreshes: Part[Listing]
    lapses: Part[Listing]
    held: int
    why: list[tuple[list[str], int]]
    leaving: Leaving


@dataclass
class _Refusals:
    """Estates that the forecast refuses, and the reasons by their codes: the first one met, and of how many."""

    number: int = 0
    met: dict[str, tuple[list[str], int]] = field(default_factory=dict)

    def add(self, reasons: Iterable[list[str]]) -> None:
        self.number += 1
        for code, reason in {reason[0]: reason for reason in reasons if is_refusing(reason)}.items():
            example, number = self.met.get(code, (reason, 0))
            self.met[code] = (example, number + 1)

    @property
    def ranked(self) -> list[tuple[list[str], int]]:
        return sorted(self.met.values(), key=lambda each: (-each[1], each[0]))


class _Held(NamedTuple):
    """The row of an estate in a plan, as far as a preview looks at it; `refusal` are the reasons of one."""

    pk: int
    external_id: str
    estate_id: int | None
    hand: str
    wanted: bool
    verdict: str
    judged_at: datetime | None
    live_until: datetime | None
    refusal: list[list[str]] | None


class _Wanted(NamedTuple):
    """An estate that would be published."""

    pk: int
    number: str
    changed_at: datetime


def preview(plan: Plan | None, agency: Agency, rules: Rules) -> Preview:
    """What `rules` would do to an agency's plan, or to one that it does not have yet. Changes nothing.

    12,000 estates that were never judged take some seconds, because each is mapped, and a query for each 500;
    later ones a fraction.
    """
    held = _held(plan, agency)
    wanted = _wanted(agency, rules, held)
    ours = {row.external_id: row for row in held.values() if row.estate_id is not None}
    adds = [each.pk for each in wanted if each.number not in ours or not ours[each.number].wanted]
    numbers = {each.number for each in wanted}
    were = [row for row in ours.values() if row.wanted]
    stay = [row.pk for row in were if row.external_id in numbers]
    lapse = [row for row in were if row.external_id not in numbers]
    shown = _listings(agency, stay[:SHOWN] + [row.pk for row in lapse[:SHOWN]])
    refusals = _refused(agency, wanted, ours)
    return Preview(
        Part(len(adds), _estates(agency, adds)),
        Part(len(stay), [shown[key] for key in stay[:SHOWN] if key in shown]),
        Part(len(lapse), [shown[row.pk] for row in lapse[:SHOWN] if row.pk in shown]),
        refusals.number,
        refusals.ranked,
        _leaving(lapse),
    )


def _held(plan: Plan | None, agency: Agency) -> dict[str, _Held]:
    if plan is None:
        return {}
    # Most are not refused, and their reasons are long to read.
    refusal = Case(When(verdict=Verdict.REFUSED, then="reasons"), output_field=JSONField())
    rows = Listing.objects.for_agency(agency).filter(plan=plan).annotate(refusal=refusal).order_by("pk")
    return {row[1]: _Held(*row) for row in rows.values_list(*_Held._fields)}


def _wanted(agency: Agency, rules: Rules, held: Mapping[str, _Held]) -> list[_Wanted]:
    """The estates that would be published, by their keys."""
    rows = candidates(agency).order_by("pk").annotate(is_chosen=condition_of(agency, rules))
    found = rows.values_list("pk", "remote_id", "changed_at", "is_chosen").iterator()
    return [
        _Wanted(pk, number, changed_at)
        for pk, number, changed_at, is_chosen in found
        if _is_wanted(held.get(number), bool(is_chosen))
    ]


def _is_wanted(row: _Held | None, is_chosen: bool) -> bool:
    if row is None:
        return is_chosen
    return not is_a_files(row.estate_id, row.wanted) and wants(row.hand, is_chosen)


def _leaving(rows: Iterable[_Held]) -> Leaving:
    now = timezone.now()
    ends = [row.live_until for row in rows if row.live_until and row.live_until > now]
    return Leaving(len(ends), max(ends, default=None))


def _refused(agency: Agency, wanted: Iterable[_Wanted], ours: Mapping[str, _Held]) -> _Refusals:
    """A forecast that was made since the estate last changed still holds."""
    found, unknown = _Refusals(), list[int]()
    for each in wanted:
        row = ours.get(each.number)
        if row and row.verdict and row.judged_at and row.judged_at > each.changed_at:
            if row.refusal is not None:
                found.add(row.refusal)
        else:
            unknown.append(each.pk)
    for start in range(0, len(unknown), BATCH):
        _judge(agency, unknown[start : start + BATCH], found)
    return found


def _judge(agency: Agency, keys: list[int], found: _Refusals) -> None:
    estates = Estate.objects.for_agency(agency).filter(pk__in=keys).select_related("payload")
    for estate in estates.defer("search_text"):
        kept = getattr(estate, "payload", None)
        seen = see(estate, read_payload(kept.body) if kept else {}, {})
        if seen.verdict == Verdict.REFUSED:
            found.add(seen.reasons)


def _estates(agency: Agency, keys: list[int]) -> list[Estate]:
    rows = Estate.objects.for_agency(agency).filter(pk__in=keys[:SHOWN])
    return list(rows.defer("search_text").order_by("pk"))


def _listings(agency: Agency, keys: list[int]) -> dict[int, Listing]:
    rows = Listing.objects.for_agency(agency).filter(pk__in=keys).select_related("estate")
    return {row.pk: row for row in rows.defer("estate__search_text")}
