"""Fetching the pictures of a zip, as anybody on the internet would: bounded in time, in size and in number."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from estates.feeds.listing import Listing
from estates.feeds.zip_writing import ending_of
from estates.jobs.run import Run
from estates.remotes.errors import RemoteError
from estates.remotes.web import WebClient
from estates.syndication.models import Outlet
from estates.syndication.outgoing import files

AT_ONCE = 8
MOST_OF_A_LISTING = 25
MOST_BYTES = 8_000_000
"""Of one picture: eight of them are in memory at once."""
SECONDS = 10.0
OK = 200


def addresses_of(listings: Iterable[Listing]) -> list[str]:
    """The pictures that a zip may hold, each once."""
    return list(
        dict.fromkeys(
            picture.address for listing in listings for picture in listing.pictures[:MOST_OF_A_LISTING]
        )
    )


def bring(run: Run, web: WebClient, outlet: Outlet, addresses: list[str], left: int) -> int:
    """Keeps the pictures that are not here yet, as long as they are no more than `left` bytes; gives their size.

    What does not answer, or is no picture, is not kept: the next build asks again.
    """
    wanted = [address for address in addresses if not files.has_picture(outlet, address)]
    brought = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for start in range(0, len(wanted), AT_ONCE):
            if brought >= left:
                break
            some = wanted[start : start + AT_ONCE]
            for address, body in zip(some, pool.map(lambda each: fetch(web, each), some), strict=True):
                if body:
                    files.keep_picture(outlet, address, body)
                    brought += len(body)
            run.report()
    return brought


def fetch(web: WebClient, address: str) -> bytes | None:
    """The bytes of a picture; None for whatever is not one, and for one that does not come. Never raises."""
    try:
        page = web.get(address, accept="image/*,*/*;q=0.5", max_bytes=MOST_BYTES, seconds=SECONDS)
    except RemoteError:
        return None
    return page.body if page.status == OK and not page.cut and ending_of(page.body) else None
