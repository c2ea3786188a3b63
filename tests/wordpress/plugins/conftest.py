"""Sites whose plugins were looked at, and a storage of its own for each test."""

import pytest

from estates.jobs.models import OPEN, Job
from estates.wordpress.models import PluginFile, SitePlugin
from estates.wordpress.plugins.looking import plugins_of, start_look
from tests.wordpress.conftest import worked

SLUG = "ts-immo-sync"
RIVIERA_KEY = "tsi_demo_riviera_9b1e5d"


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def shelf(account):
    """What the agency's account may download."""
    return account.plugins


@pytest.fixture
def their_site(other_agency, connected, add):
    """A site of the other agency, whose account is another one at the simulated Ts-Immo."""
    connected(other_agency, key=RIVIERA_KEY)
    return add(other_agency, domain="www.riviera.example")


def look(site) -> Job:
    """A look at the site's plugins; what it starts stays in line."""
    return worked(start_look(site))


def fetches(agency) -> list[Job]:
    """The jobs of fetching that are in line, each after its next attempt."""
    jobs = Job.objects.for_agency(agency).filter(kind="wordpress.fetch_plugin", status__in=OPEN)
    return [worked(job) for job in jobs.order_by("pk")]


def brought(site, slug=SLUG) -> SitePlugin:
    """The site's plugin after a look and the fetches that it started."""
    look(site)
    fetches(site.agency)
    return plugin_of(site, slug)


def plugin_of(site, slug=SLUG) -> SitePlugin:
    return plugins_of(site).select_related("site__connection").get(name=slug)


def file_of(site, slug=SLUG) -> PluginFile:
    return plugin_of(site, slug).file


def lying(storage) -> list[str]:
    """The files in the storage, by their path."""
    return sorted(str(path.relative_to(storage)) for path in storage.rglob("*") if path.is_file())
