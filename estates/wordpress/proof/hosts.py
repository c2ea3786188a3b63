"""Which site an address lies on: its host, with or without `www.`."""

from collections.abc import Iterable
from urllib.parse import urlsplit

import idna

from estates.wordpress.models.sites import Site


def host_of(url: str) -> str:
    """The host in ASCII, without `www.`; "" where the address has none."""
    try:
        host = urlsplit(url).hostname or ""
        name = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except (ValueError, UnicodeError):
        return ""
    return bare(name)


def bare(domain: str) -> str:
    return domain.lower().rstrip(".").removeprefix("www.")


def same_site(one: str, other: str) -> bool:
    return host_of(one) == host_of(other) != ""


def by_host(sites: Iterable[Site]) -> dict[str, Site]:
    """One agency's sites by the name that `host_of` gives; of two spellings of one site the first."""
    found: dict[str, Site] = {}
    for site in sites:
        found.setdefault(bare(site.domain), site)
    return found
