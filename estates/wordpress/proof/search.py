"""Where a search for the pages of a site stands."""

from dataclasses import dataclass, field, fields
from typing import Any, Self

from estates.wordpress.proof.sitemaps import DEPTH, FILES, may_hold_estates

PAGES = 300
"""Pages that are looked at for what no address tells: at the pace of a site most of an hour."""


@dataclass
class Search:
    """Where a search stands, as a job's checkpoint keeps it. `queue` are sitemaps with their depth, `read` those
    that were read: address, how many addresses of pages, and what was wrong. `likely` are pages of sitemaps whose
    name speaks of estates, `other` those of whose name says nothing.
    """

    began: bool = False
    queue: list[tuple[str, int]] = field(default_factory=list)
    read: list[tuple[str, int, str]] = field(default_factory=list)
    listed: int = 0
    likely: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    looked_at: int = 0
    found: int = 0

    @classmethod
    def of(cls, checkpoint: dict[str, Any]) -> Self:
        return cls(**{each.name: checkpoint[each.name] for each in fields(cls) if each.name in checkpoint})

    @property
    def pages(self) -> list[str]:
        return [*self.likely, *self.other][:PAGES]

    @property
    def seen(self) -> set[str]:
        return {url for url, _ in self.queue} | {url for url, _, _ in self.read}

    def saved(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def put(self, index: str, depth: int, addresses: tuple[str, ...]) -> None:
        """Notes the files that an index of this depth names, those of estates first; none twice, none too deep."""
        room = FILES - len(self.read) - len(self.queue) - 1
        known = self.seen | {index}
        new = [url for url in addresses if url not in known] if depth < DEPTH else []
        self.queue += [(url, depth + 1) for url in sorted(new, key=_turn)[: max(0, room)]]
        self.queue.sort(key=lambda entry: _turn(entry[0]))

    def note(self, page: str, likely: bool | None) -> None:
        """Notes a page to be looked at, unless its sitemap's name says that it is no estate's."""
        noted = self.likely if likely else self.other
        if likely is not False and len(noted) < PAGES:
            noted.append(page)


def _turn(sitemap: str) -> int:
    return {True: 0, None: 1, False: 2}[may_hold_estates(sitemap)]
