"""Writing listings as a feed, one after the other: a hundred thousand take no more memory than one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from estates.feeds.idealista_words import ROOT
from estates.feeds.listing import Listing, Scope, Sender
from estates.feeds.openimmo_words import SCOPES, VERSION
from estates.feeds.writing_idealista import inmueble
from estates.feeds.writing_openimmo import immobilie
from estates.feeds.writing_text import UTF_8, WINDOWS_1252, encoded, text

__all__ = ["UTF_8", "WINDOWS_1252", "write_idealista", "write_openimmo"]

SOFTWARE, SOFTWARE_VERSION = "Passerelle", "1.0"
SCOPE_WORDS = {scope: word for word, scope in SCOPES.items()} | {Scope.UNSTATED: "TEIL"}
"""The standard wants one of the two: in a partial transfer, what is not named stays as it is."""


def write_openimmo(
    listings: Iterable[Listing], sender: Sender, *, encoding: str, scope: Scope, at: datetime
) -> Iterator[bytes]:
    """The document of OpenImmo 1.2.7, which has no namespace, in blocks.

    `at`, aware of its zone, is when it says that it was made. `encoding` is `utf-8` or `windows-1252`, else
    ValueError. The same listings give the same bytes.
    """
    return encoded(_openimmo(listings, sender, scope, at), encoding)


def write_idealista(listings: Iterable[Listing], sender: Sender, *, encoding: str) -> Iterator[bytes]:
    """The document of Idealista's dialect, in blocks; what is to be taken away is left out, for it has no word.

    The dialect has no place for the sender either. `encoding` as for `write_openimmo`.
    """
    return encoded(_idealista(listings), encoding)


def _openimmo(listings: Iterable[Listing], sender: Sender, scope: Scope, at: datetime) -> Iterator[str]:
    yield (
        f'<openimmo><uebertragung art="ONLINE" umfang="{SCOPE_WORDS[scope]}" '
        f'version="{VERSION}" sendersoftware="{SOFTWARE}" senderversion="{SOFTWARE_VERSION}" '
        f'timestamp="{at.isoformat(timespec="seconds")}"/>\n'
        f"<anbieter><anbieternr>{text(sender.number)}</anbieternr><firma>{text(sender.name)}</firma>"
        f"<openimmo_anid>{text(sender.number)}</openimmo_anid>\n"
    )
    day = at.date().isoformat()
    for listing in listings:
        yield immobilie(listing, sender, day)
    yield "</anbieter></openimmo>\n"


def _idealista(listings: Iterable[Listing]) -> Iterator[str]:
    yield f"<{ROOT}>\n"
    for listing in listings:
        yield inmueble(listing)
    yield f"</{ROOT}>\n"
