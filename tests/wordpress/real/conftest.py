"""One real WordPress for all tests here, with the post type that an agency's theme brings along."""

from collections.abc import Callable, Iterator

import pytest
import urllib3

from tests.wordpress.real import doing
from tests.wordpress.real.site import HERE, RealWordPress

ESTATE_TYPE = "agence-biens/agence-biens.php"


@pytest.fixture(scope="session")
def wordpress(tmp_path_factory) -> Iterator[RealWordPress]:
    with RealWordPress(tmp_path_factory.mktemp("wordpress")) as site:
        target = site.tree / "wp-content" / "plugins" / ESTATE_TYPE
        target.parent.mkdir()
        target.write_bytes((HERE / "agence-biens.php").read_bytes())
        doing.activate(site, ESTATE_TYPE)
        yield site


@pytest.fixture
def read(wordpress) -> Iterator[Callable[[str], urllib3.BaseHTTPResponse]]:
    """`read("/wp-sitemap.xml")`, or a whole address of the site."""
    domain = wordpress.domain
    port = int(wordpress.front.places["https"].rpartition(":")[2])
    trust = {"ca_certs": wordpress.front.ca_file, "server_hostname": domain, "assert_hostname": domain}

    def get(path: str) -> urllib3.BaseHTTPResponse:
        return pool.request("GET", path.removeprefix(wordpress.url), headers={"Host": domain}, redirect=False)

    with urllib3.HTTPSConnectionPool("127.0.0.1", port, timeout=30, retries=False, **trust) as pool:
        yield get
