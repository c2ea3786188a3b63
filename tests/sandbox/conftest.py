"""A sandbox for each test, one to read from for each file, and callers that carry a key."""

from collections.abc import Callable, Iterator

import pytest
import requests

from portal.sandbox import Sandbox, sandbox


class Caller(requests.Session):
    """Calls Ts-Immo with paths below its base."""

    def __init__(self, box: Sandbox, key: str) -> None:
        super().__init__()
        self.trust_env = False
        self.box = box
        if key:
            self.headers["X-TS-IMMO-KEY"] = key

    def request(self, method, url, **options):
        options.setdefault("timeout", 10)
        options["allow_redirects"] = False
        address = url if url.startswith("http") else f"{self.box.url}/ts-immo/v1{url}"
        return super().request(method, address, **options)


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with sandbox(estates=40) as running:
        yield running


@pytest.fixture(scope="module")
def stock() -> Iterator[Sandbox]:
    """Five hundred estates in each account, only to be read."""
    with sandbox(estates=500) as running:
        yield running


@pytest.fixture
def caller() -> Iterator[Callable[..., Caller]]:
    """`caller(box)` is Agence Martin, `caller(box, "riviera")` the other, `caller(box, key="x")` anybody."""
    opened: list[Caller] = []

    def get(box: Sandbox, slug: str = "martin", *, key: str | None = None) -> Caller:
        opened.append(Caller(box, box.account(slug).key if key is None else key))
        return opened[-1]

    yield get
    for session in opened:
        session.close()


@pytest.fixture
def martin(box, caller) -> Caller:
    return caller(box)
