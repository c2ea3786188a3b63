"""What rules would change, before they are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
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
from estates.syndication.stages import UNDER_WAY, Seen
from estates.syndication.standings import Standing

Stage = Listing.Stage
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
    """What the next look would do: estates that join, listings that stay, those left to lapse.

    `after` is where all that is to be published then stands, as the plan's page counts it. Of those that are held
    back `why` are the reasons, most frequent first: one as it stands in `Listing.reasons`, and of how many.
    """

    adds: Part[Estate]
    stays: Part[Listing]
    lapses: Part[Listing]
    after: dict[Standing, int]
    held: int
    why: list[tuple[list[str], int]]
    leaving: Leaving

    @property
    def changes(self) -> bool:
        return bool(self.adds.count or self.lapses.count)


@dataclass
class _After:
    """Where listings stand then. Of what is held back `met` are the reasons by their codes: the first one met, and
    of how many.
    """

    numbers: Counter[Standing] = field(default_factory=Counter)
    held: int = 0
    met: dict[str, tuple[list[str], int]] = field(default_factory=dict)

    def add(self, standing: Standing, reasons: Iterable[list[str]]) -> None:
        self.numbers[standing] += 1
        if standing != Standing.HELD:
            return
        self.held += 1
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
    stage: str
    insists: bool
    verdict: str
    judged_at: datetime | None
    live_until: datetime | None
    refusal: list[list[str]] | None

    def is_judged_since(self, moment: datetime) -> bool:
        return bool(self.estate_id and self.verdict and self.judged_at and self.judged_at > moment)


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
    after = _after(agency, wanted, held)
    return Preview(
        Part(len(adds), _estates(agency, adds)),
        Part(len(stay), [shown[key] for key in stay[:SHOWN] if key in shown]),
        Part(len(lapse), [shown[row.pk] for row in lapse[:SHOWN] if row.pk in shown]),
        {standing: after.numbers[standing] for standing in Standing if after.numbers[standing]},
        after.held,
        after.ranked,
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


def _after(agency: Agency, wanted: Iterable[_Wanted], held: Mapping[str, _Held]) -> _After:
    """A forecast that was made since the estate last changed still holds."""
    found, unknown, now = _After(), dict[int, _Held | None](), timezone.now()
    for row in held.values():
        if is_a_files(row.estate_id, row.wanted):
            found.add(_standing(row, now), ())
    for each in wanted:
        known = held.get(each.number)
        if known and known.is_judged_since(each.changed_at):
            found.add(_standing(known, now, is_refused=known.refusal is not None), known.refusal or ())
        else:
            unknown[each.pk] = known
    keys = list(unknown)
    for start in range(0, len(keys), BATCH):
        for pk, seen in _judged(agency, keys[start : start + BATCH]):
            is_refused = seen.verdict == Verdict.REFUSED
            found.add(_standing(unknown[pk], now, is_refused=is_refused, has_changed=True), seen.reasons)
    return found


def _standing(
    row: _Held | None, now: datetime, *, is_refused: bool = False, has_changed: bool = False
) -> Standing:
    """Where a listing that is to be published stands after the look; None is one that is not there yet.

    What is online stays so whatever the forecast says, and what Seeki refused is tried again once it has changed.
    """
    stage, is_live = (
        (row.stage, bool(row.live_until and row.live_until > now)) if row else (Stage.NONE, False)
    )
    if stage == Stage.REFUSED and not has_changed:
        return Standing.REFUSED
    if is_live:
        return Standing.LIVE
    is_sent_anyway = row is not None and (row.insists or stage in UNDER_WAY)
    return Standing.HELD if is_refused and not is_sent_anyway else Standing.COMING


def _judged(agency: Agency, keys: list[int]) -> Iterator[tuple[int, Seen]]:
    estates = Estate.objects.for_agency(agency).filter(pk__in=keys).select_related("payload")
    for estate in estates.defer("search_text"):
        kept = getattr(estate, "payload", None)
        yield estate.pk, see(estate, read_payload(kept.body) if kept else {}, {})


def _estates(agency: Agency, keys: list[int]) -> list[Estate]:
    rows = Estate.objects.for_agency(agency).filter(pk__in=keys[:SHOWN])
    return list(rows.defer("search_text").order_by("pk"))


def _listings(agency: Agency, keys: list[int]) -> dict[int, Listing]:
    rows = Listing.objects.for_agency(agency).filter(pk__in=keys).select_related("estate")
    return {row.pk: row for row in rows.defer("estate__search_text")}
