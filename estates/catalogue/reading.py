"""Reading all pages that a connection lists, several at once."""

from collections import deque
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from estates.remotes.ts_immo_estates import EstatePage

PAGE_SIZE = 100
RETRIES = 2
AHEAD = 2
"""Pages that may wait to be taken, for each fetch at once: what bounds the memory of a sync."""


class Search(Protocol):
    """What of the Ts-Immo client a reading uses."""

    def search_estates(
        self, *, page: int, limit: int, orderby: str, order: str, retries: int
    ) -> EstatePage: ...


def pages(client: Search, first: int, fetches: int) -> Generator[EstatePage, None, None]:
    """The pages from `first` to the last, in order, `fetches` of them under way at once. Raises RemoteError.

    The oldest estates come first: what is created meanwhile lands on the last page and shifts nothing. The
    latest page says how many there are; without a credible total they end with the first that is empty.
    """
    waiting: deque[Future[EstatePage]] = deque()
    pool = ThreadPoolExecutor(fetches, thread_name_prefix="pages")
    try:
        page = fetch(client, first)
        coming = first + 1
        yield page
        while not page.is_last:
            while len(waiting) < fetches * AHEAD and not page.names_last(coming - 1):
                waiting.append(pool.submit(fetch, client, coming))
                coming += 1
            page = waiting.popleft().result()
            yield page
    finally:
        pool.shutdown(cancel_futures=True)


def fetch(client: Search, page: int) -> EstatePage:
    return client.search_estates(
        page=page, limit=PAGE_SIZE, orderby="created_at", order="ASC", retries=RETRIES
    )
