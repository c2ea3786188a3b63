"""One real WordPress for all tests here, with the post type that an agency's theme brings along.

Where a test asks for `site`, it is an agency's in the portal too, active at the simulated Ts-Immo.
"""

from collections.abc import Callable, Iterator

import pytest
import urllib3

from estates.wordpress import switching
from estates.wordpress.health import look
from estates.wordpress.models import Site, State
from estates.wordpress.proof import looking
from tests.wordpress.conftest import fresh, worked
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


@pytest.fixture
def site(agency, member, add, account, wordpress, settings, monkeypatch) -> Site:
    """The real WordPress as the agency's site, activated by its owner. It may take its time, as machines do."""
    monkeypatch.setattr(look, "SLOW_SECONDS", 30.0)
    monkeypatch.setattr(look, "LOOK_SECONDS", 60.0)
    monkeypatch.setattr(looking, "SECONDS", 40.0)
    settings.SITE_ADDRESSES, settings.SITE_CA_FILE = wordpress.front.addresses, wordpress.front.ca_file
    added = add(agency, domain=wordpress.domain, key=account.plugin_auth_key)
    worked(switching.activate(added, member(agency)))
    assert fresh(added).state == State.ACTIVE
    return fresh(added)


@pytest.fixture
def maintenance(wordpress) -> Iterator[None]:
    """WordPress as it answers while it updates itself."""
    marker = wordpress.tree / ".maintenance"
    marker.write_text("<?php $upgrading = time();")
    yield
    marker.unlink()
