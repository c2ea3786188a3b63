"""A sandbox with its websites, and a visitor who reaches them as a hosts file and a trusted authority would."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
import urllib3

from portal.sandbox import Sandbox, sandbox

DOMAIN = "www.agence-martin.example"
HOME = f"https://{DOMAIN}/"


class Visitor:
    """Reads pages; follows no redirect, and trusts the sandbox's authority alone."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box

    def __call__(self, url: str, method: str = "GET", **options) -> urllib3.BaseHTTPResponse:
        parts = urlsplit(url)
        door = self.box.doors.https if parts.scheme == "https" else self.box.doors.http
        secure = {"server_hostname": parts.hostname, "assert_hostname": parts.hostname}
        pool_of = urllib3.HTTPSConnectionPool if parts.scheme == "https" else urllib3.HTTPConnectionPool
        trust = {"ca_certs": str(self.box.doors.ca_file), **secure} if parts.scheme == "https" else {}
        with pool_of("127.0.0.1", door.server_port, timeout=5, retries=False, **trust) as pool:
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            return pool.request(method, path, headers={"Host": parts.netloc}, redirect=False, **options)


@pytest.fixture
def box(tmp_path) -> Iterator[Sandbox]:
    """Eighty estates in each account: enough for every kind of laggard."""
    with sandbox(estates=80, websites=tmp_path / "ca") as running:
        yield running


@pytest.fixture
def visit(box) -> Visitor:
    return Visitor(box)


@pytest.fixture(scope="module")
def years_old(tmp_path_factory) -> Iterator[Sandbox]:
    """Nine hundred estates as in the demo, only to be read."""
    with sandbox(estates=900, websites=tmp_path_factory.mktemp("ca")) as running:
        yield running


@pytest.fixture
def published(box) -> Callable[[], list]:
    """The estates whose address Ts-Immo knows to be on the agency's own website."""

    def get() -> list:
        return [e for e in box.account("martin").estates if (e.public_url or "").startswith(HOME)]

    return get
