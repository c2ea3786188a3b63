"""The HTTP session below a remote client, and the URLs that it may be used on."""

from __future__ import annotations

from http.cookiejar import DefaultCookiePolicy
from urllib.parse import quote, unquote, urlsplit

import requests

from .deadline import TimedAdapter
from .errors import Refused
from .origins import DEFAULT_PORTS, Addresses, origin
from .public import PublicAdapter, tls_context

HEADERS = {"User-Agent": "Passerelle/1.0", "Accept-Encoding": "gzip", "Accept": "application/json, */*"}
SEGMENT_LIMIT = 200


class PlainSession(requests.Session):
    """Does not even look where a redirect leads: requests would first read its body, whatever its size."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def open_session(*, pool_size: int) -> requests.Session:
    """A session without cookies, proxies, .netrc or redirects, safe for `pool_size` threads at once."""
    adapter = TimedAdapter(pool_size=pool_size)
    return _session(http=adapter, https=adapter)


def open_public_session(addresses: Addresses | None = None, ca_file: str = "") -> requests.Session:
    """The same for addresses that others chose: it speaks to the public internet only (see PublicAdapter)."""
    context = tls_context(ca_file)
    return _session(
        http=PublicAdapter("http", addresses or {}, context),
        https=PublicAdapter("https", addresses or {}, context),
    )


def _session(*, http: TimedAdapter, https: TimedAdapter) -> requests.Session:
    session = PlainSession()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.clear()
    session.headers.update(HEADERS)
    session.mount("http://", http)
    session.mount("https://", https)
    return session


def segment(value: str) -> str:
    """One quoted path segment. Raises Refused for what names nothing or would leave the path."""
    if not value.strip(". ") or len(value) > SEGMENT_LIMIT:
        raise Refused("Not a usable identifier")
    return quote(value, safe="")


def checked_base(url: str) -> str:
    """A base URL without its last slash. Raises ValueError unless it is plain http(s)://host[:port][/path]."""
    parts = urlsplit(url)
    extras = parts.username or parts.password or parts.query or parts.fragment
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or extras:
        raise ValueError("The base URL must be a plain http or https URL")
    return url.rstrip("/")


def lies_under(url: str, base_url: str) -> bool:
    """Whether a URL is of the base URL's origin and below its path, so that the key may go there."""
    try:
        target, base = urlsplit(url), urlsplit(base_url)
        same_origin = origin(url) == origin(base_url) and "@" not in target.netloc
    except ValueError:
        return False
    path = unquote(unquote(target.path))
    climbs = "\\" in url or any(part in (".", "..") for part in path.split("/"))
    return same_origin and not climbs and target.path.startswith(base.path.rstrip("/") + "/")
