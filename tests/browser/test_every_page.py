"""Every page that an owner gets to by links, one of each kind, at both widths and in both schemes."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve, reverse

from tests.browser.lived_in import lived_in, owner_who_reads
from tests.browser.visitor import Screen, Visitor, visitor

SCREENS = (Screen(1280, "en", "dark"), Screen(360, "fr", "light"))
FILES = {
    "accounts:check_trail",
    "catalogue:export",
    "leads:export",
    "leads:held_file",
    "support:download",
    "support:thumbnail",
    "syndication:export",
    "wordpress:download_plugin",
    "mfa_download_recovery_codes",
}
"""Links that lead to a file."""
FACES = ("view", "show")
"""What in an address makes another page of the same kind."""
LINKS = """() => [...document.querySelectorAll("a[href]:not([download])")].map((link) => link.href)"""
AT_MOST = 200
AT_LEAST = {
    *("dashboard", "profile", "agencies", "account_email", "mfa_index", "usersessions_list"),
    *("catalogue:search", "catalogue:detail", "catalogue:syncs"),
    *("leads:index", "leads:detail", "leads:people", "leads:person", "leads:erase", "leads:held"),
    *("leads:erasures", "leads:erasure", "leads:rules", "leads:change_rule", "leads:hours"),
    *("leads:sources", "leads:source", "leads:ledger", "leads:aviv", "leads:aviv_create", "leads:candidates"),
    *(
        "syndication:index",
        "syndication:plan",
        "syndication:rules",
        "syndication:listings",
        "syndication:listing",
    ),
    *("syndication:feeds", "syndication:feed", "syndication:outlets", "syndication:outlet"),
    *(
        "wordpress:index",
        "wordpress:detail",
        "wordpress:plugins",
        "wordpress:publication",
        "wordpress:change",
    ),
    *("support:index", "support:detail", "support:new", "jobs:index", "jobs:detail"),
    *("connections:index", "connections:add", "connections:replace", "connections:remove"),
    *("accounts:settings", "accounts:members", "accounts:partner_keys", "accounts:trail"),
    *("partner_webhooks:index", "partner_webhooks:add", "partner_webhooks:detail"),
    *("developers:start", "developers:reference", "mails", "guide:index", "guide:first-key", "guide:red"),
}
"""Names of pages that must be among those that links lead to."""


@pytest.fixture(params=SCREENS, ids=str)
def owner(request, portal, chromium) -> Iterator[Visitor]:
    agency = lived_in(portal)
    with visitor(portal, chromium, request.param) as person:
        person.log_in(owner_who_reads(agency, request.param.language))
        person.page.goto(f"{portal.url}{reverse('dashboard', args=[agency.slug])}")
        yield person


def test_every_page_that_links_lead_to_is_sound(owner):
    seen, wrong, names = set(), [], set()
    waiting = [owner.page.url]
    while waiting and len(seen) < AT_MOST:
        address = waiting.pop(0)
        kind = kind_of(address, owner.portal.url)
        if kind is None or kind in seen:
            continue
        seen.add(kind)
        names.add(kind[0])
        owner.page.goto(address)
        if faults := owner.faults(both_schemes=True):
            wrong.append("\n".join([f"on {address}:", *faults]))
        waiting += owner.page.evaluate(LINKS)
    assert not wrong, "\n\n".join(wrong)
    assert names >= AT_LEAST, sorted(AT_LEAST - names)
    assert len(seen) < AT_MOST, "there were more pages than were looked at"


def kind_of(address: str, portal: str) -> tuple[str, ...] | None:
    """The name of a page of the portal, and which face of it; None for everything else."""
    parts = urlsplit(urljoin(portal, address))
    if f"{parts.scheme}://{parts.netloc}" != portal:
        return None
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        return None
    if name in FILES or name.startswith(("admin:", "api:")):
        return None
    asked = parse_qs(parts.query)
    return (name, *(f"{face}={asked[face][0]}" for face in FACES if face in asked))
