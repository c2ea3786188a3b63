"""One real WordPress for all tests here, with the post type that an agency's theme brings along."""

from collections.abc import Callable, Iterator

import pytest
import requests

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
def read(wordpress) -> Callable[..., requests.Response]:
    """`read("/wp-sitemap.xml")`, or a whole address of the site."""

    def get(path: str, **options) -> requests.Response:
        address = f"http://{wordpress.place}{path.removeprefix(wordpress.url)}"
        headers = {"Host": wordpress.domain}
        return requests.get(address, headers=headers, timeout=30, allow_redirects=False, **options)

    return get
