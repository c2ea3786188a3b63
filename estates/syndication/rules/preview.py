"""What rules would change, before they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from accounts.models import Agency
from estates.catalogue.models import Estate
from estates.syndication.considering import is_a_files, wants
from estates.syndication.forecast.words import is_refusing
from estates.syndication.models import Listing, Plan, Verdict
from estates.syndication.rules.filters import Rules, candidates, chosen
from estates.syndication.seeing import payloads_of, see

SHOWN = 12
BATCH = 500

Row = TypeVar("Row")


@dataclass(frozen=True)
class Part(Generic[Row]):
    """How many there are, and the first twelve of them."""

    count: int
    shown: list[Row]


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
    why: list[tuple[list[str], int]] = field(default_factory=list)


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


@dataclass(frozen=True)
class _Held:
    """The row of an estate in a plan, as far as a preview looks at it."""

    pk: int
    external_id: str
    estate_id: int | None
    hand: str
    wanted: bool
    verdict: str
    judged_at: Any


def preview(plan: Plan | None, agency: Agency, rules: Rules) -> Preview:
    """What `rules` would do to an agency's plan, or to one that it does not have yet. Changes nothing.

    12,000 estates that were never judged take some seconds, because each is mapped; later ones a fraction.
    """
    held = _held(plan, agency)
    wanted = _wanted(agency, rules, held)
    ours = {row.external_id: row for row in held.values() if row.estate_id is not None}
    adds = [key for key, number in wanted.items() if number not in ours or not ours[number].wanted]
    numbers = set(wanted.values())
    were = [row for row in ours.values() if row.wanted]
    refusals = _refused(agency, wanted, ours)
    return Preview(
        Part(len(adds), _estates(agency, adds)),
        _part(agency, [row.pk for row in were if row.external_id in numbers]),
        _part(agency, [row.pk for row in were if row.external_id not in numbers]),
        refusals.number,
        refusals.ranked,
    )


def _held(plan: Plan | None, agency: Agency) -> dict[str, _Held]:
    if plan is None:
        return {}
    rows = Listing.objects.for_agency(agency).filter(plan=plan).order_by("pk")
    columns = ("pk", "external_id", "estate_id", "hand", "wanted", "verdict", "judged_at")
    return {row[1]: _Held(*row) for row in rows.values_list(*columns)}


def _wanted(agency: Agency, rules: Rules, held: Mapping[str, _Held]) -> dict[int, str]:
    """The numbers at Seeki of the estates that would be published, by their keys."""
    keys = set(chosen(agency, rules).values_list("pk", flat=True))
    listed = candidates(agency).order_by("pk").values_list("pk", "remote_id")
    return {key: number for key, number in listed.iterator() if _is_wanted(held.get(number), key in keys)}


def _is_wanted(row: _Held | None, is_chosen: bool) -> bool:
    if row is None:
        return is_chosen
    return not is_a_files(row.estate_id, row.wanted) and wants(row.hand, is_chosen)


def _refused(agency: Agency, wanted: Mapping[int, str], ours: Mapping[str, _Held]) -> _Refusals:
    """A forecast that was made since the estate last changed still holds."""
    changed = dict(candidates(agency).values_list("pk", "changed_at"))
    found, known, unknown = _Refusals(), list[int](), list[int]()
    for key, number in wanted.items():
        row = ours.get(number)
        if row and row.verdict and row.judged_at and key in changed and row.judged_at > changed[key]:
            known += [row.pk] if row.verdict == Verdict.REFUSED else []
        else:
            unknown.append(key)
    for some in _batches(known):
        rows = Listing.objects.for_agency(agency).filter(pk__in=some)
        for reasons in rows.values_list("reasons", flat=True):
            found.add(reasons)
    for some in _batches(unknown):
        _judge(agency, some, found)
    return found


def _batches(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def _judge(agency: Agency, keys: list[int], found: _Refusals) -> None:
    estates = Estate.objects.for_agency(agency).filter(pk__in=keys).defer("search_text")
    payloads = payloads_of(keys)
    for estate in estates:
        seen = see(estate, payloads.get(estate.pk, {}), {})
        if seen.verdict == Verdict.REFUSED:
            found.add(seen.reasons)


def _estates(agency: Agency, keys: list[int]) -> list[Estate]:
    rows = Estate.objects.for_agency(agency).filter(pk__in=keys[:SHOWN])
    return list(rows.defer("search_text").order_by("pk"))


def _part(agency: Agency, keys: list[int]) -> Part[Listing]:
    rows = Listing.objects.for_agency(agency).filter(pk__in=keys[:SHOWN])
    return Part(len(keys), list(rows.select_related("estate").order_by("pk")))
