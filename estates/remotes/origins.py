"""Origins (scheme, host, port), and the addresses that an operator has dialled in place of some of them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str, int]
Addresses = Mapping[Origin, tuple[str, int]]


def origin(url: str) -> Origin:
    """What a URL is of. Raises ValueError where its port is no number."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme, 0)


def read_addresses(text: str) -> dict[Origin, tuple[str, int]]:
    """Reads `https://www.a.example=127.0.0.1:8643,http://www.a.example=[::1]:8680`.

    Raises ValueError for an entry of another shape.
    """
    return dict(_entry(entry.strip()) for entry in text.split(",") if entry.strip())


def _entry(entry: str) -> tuple[Origin, tuple[str, int]]:
    url, _, address = entry.partition("=")
    host, _, port = address.rpartition(":")
    found = origin(url)
    if not all(found) or urlsplit(url).path.strip("/") or not host or not port.isdecimal():
        raise ValueError(f"Not of the form https://host=address:port: {entry}")
    return found, (host.strip("[]"), int(port))
