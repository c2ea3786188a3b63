"""One look at a site, from outside, with few requests: what its visitors meet. Knows no database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import orjson

from estates.remotes.deadline import Deadline
from estates.remotes.errors import Reason, RemoteError
from estates.remotes.web import Page, WebClient
from estates.wordpress.health.faults import DOWN, WORDS, Fault
from estates.wordpress.health.reading import Home, read_home, shuts_out
from estates.wordpress.models import Condition

SLOW_SECONDS = 3.0
"""A home page that takes longer is slow: half of the visitors on phones have left by then."""
LOOK_SECONDS = 8.0
"""For all the requests of a look together."""
ENDS_SOON = timedelta(days=21)
"""Certificates that are renewed by machines are renewed thirty days before they end."""
HOME_BYTES, REST_BYTES, ROBOTS_BYTES = 600_000, 2_000_000, 100_000

NO_HTTPS = {Reason.CONNECTION, Reason.DROPPED, Reason.TIME, Reason.TLS}
"""What a site that only knows http may answer at its https address."""
UNTRUSTED = {Reason.CERTIFICATE, Reason.CERTIFICATE_EXPIRED, Reason.CERTIFICATE_NAME}
BY_STATUS = {401: "password", 403: "forbidden", 429: "forbidden", 503: "maintenance"}


@dataclass(frozen=True, slots=True)
class Look:
    """What was found: `milliseconds` to the whole home page, None where there was none."""

    verdict: Condition
    milliseconds: int | None
    faults: tuple[Fault, ...]
    facts: dict[str, Any]


def look_at(client: WebClient, domain: str) -> Look:
    """Looks at a site by its domain. A site that is down is a finding, not an error."""
    left = Deadline(LOOK_SECONDS)
    try:
        home = _home(client, domain, left)
    except RemoteError as error:
        return _unreachable(client, domain, error)
    secure = home.url.startswith("https://")
    facts: dict[str, Any] = {
        "status": home.status,
        "seconds": round(home.seconds, 2),
        "url": home.url,
        "hops": [[hop.url, hop.status] for hop in home.hops],
        "tls_ends_at": home.tls_ends_at.isoformat() if home.tls_ends_at else None,
    }
    faults = [*_of_the_answer(home, domain)]
    if not secure:
        faults.append(Fault("http-only"))
    elif not faults or faults[0].code not in DOWN:
        faults += _of_http(client, domain, left)
    if home.status < 300:
        faults += _of_wordpress(client, home, left, facts)
    return Look(_verdict(faults), round(home.seconds * 1000), tuple(faults), facts)


def _home(client: WebClient, domain: str, left: Deadline) -> Page:
    """The home page over https, else over http where nothing at all speaks https."""
    try:
        return client.get(f"https://{domain}/", seconds=left.left(), max_bytes=HOME_BYTES)
    except RemoteError as error:
        if error.reason not in NO_HTTPS or left.remaining() <= 0:
            raise
        failed = error
    try:
        page = client.get(f"http://{domain}/", seconds=left.left(), max_bytes=HOME_BYTES)
    except RemoteError:
        raise failed from None
    if page.status >= 500:
        raise failed
    return page


def _unreachable(client: WebClient, domain: str, error: RemoteError) -> Look:
    reason = error.reason if error.reason in WORDS else Reason.BROKEN
    ends = client.certificate_ends_at(f"https://{domain}/") if reason in UNTRUSTED else None
    facts = {"url": error.at, "tls_ends_at": ends.isoformat() if ends else None}
    named: dict[str, Any] = {"seconds": round(LOOK_SECONDS), "to": error.at[:200]}
    fault = Fault(str(reason), named)
    return Look(Condition.DOWN, None, (fault,), facts)


def _of_the_answer(home: Page, domain: str) -> Iterator[Fault]:
    if home.status >= 300:
        known = "error" if home.status >= 500 else "missing"
        yield Fault(BY_STATUS.get(home.status, known), {"status": home.status})
    if home.seconds > SLOW_SECONDS:
        yield Fault("slow", {"seconds": round(home.seconds, 1)})
    host = urlsplit(home.url).hostname or ""
    if host.removeprefix("www.") != domain.removeprefix("www."):
        yield Fault("elsewhere", {"to": host})
    if home.tls_ends_at and home.tls_ends_at - datetime.now(UTC) < ENDS_SOON:
        yield Fault("certificate-ends", {"on": home.tls_ends_at.isoformat()})


def _of_http(client: WebClient, domain: str, left: Deadline) -> Iterator[Fault]:
    """A site that takes no connection over http at all is in order."""
    plain = _answer(client, f"http://{domain}/", left, redirects=0, max_bytes=ROBOTS_BYTES)
    if plain and not 300 <= plain.status < 400 and plain.status < 500:
        yield Fault("http-open")


def _of_wordpress(client: WebClient, home: Page, left: Deadline, facts: dict[str, Any]) -> Iterator[Fault]:
    read = read_home(home)
    facts |= {"wordpress": read.version, "plugin": read.plugin, "rest": None}
    if read.shortcodes:
        yield Fault("shortcodes", {"names": ", ".join(f"[{name}]" for name in read.shortcodes)})
    if read.noindex:
        yield Fault("noindex")
    robots = _answer(
        client, urljoin(home.url, "/robots.txt"), left, accept="text/plain", max_bytes=ROBOTS_BYTES
    )
    if robots and shuts_out(robots):
        yield Fault("robots")
    yield from _of_rest(client, home, read, left, facts)


def _of_rest(
    client: WebClient, home: Page, read: Home, left: Deadline, facts: dict[str, Any]
) -> Iterator[Fault]:
    root = read.rest or urljoin(home.url, "/wp-json/")
    answer = _answer(client, root, left, accept="application/json", max_bytes=REST_BYTES)
    if answer and _is_rest(answer):
        facts["rest"] = root
    elif not read.is_wordpress:
        yield Fault("not-wordpress")
    elif answer:
        yield Fault("no-rest", {"at": root[:200]})


def _is_rest(answer: Page) -> bool:
    """WordPress's REST root lists its namespaces; of one that is longer than was read only the beginning is known."""
    if answer.cut:
        return answer.body.lstrip()[:1] == b"{"
    try:
        root = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return False
    return answer.status == 200 and isinstance(root, dict) and isinstance(root.get("namespaces"), list)


def _answer(client: WebClient, url: str, left: Deadline, **options: Any) -> Page | None:
    """A further page of a site whose home page came; None where it did not come or the time is over."""
    if left.remaining() <= 0:
        return None
    try:
        return client.get(url, seconds=left.left(), **options)
    except RemoteError:
        return None


def _verdict(faults: list[Fault]) -> Condition:
    codes = {fault.code for fault in faults}
    if codes & DOWN:
        return Condition.DOWN
    return Condition.SLOW if "slow" in codes else Condition.UP
