"""Faults that only a website can have. Those of its certificate show at the handshake, the rest on its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from portal.sandbox import wire
from portal.sandbox.faults import Fault, Kind
from portal.sandbox.messages import Answer
from portal.sandbox.systems import Exchange
from portal.sandbox.websites.website import SYSTEM


def without(**switches: bool) -> Kind:
    """A kind that answers as the website would with these switches; other systems answer as ever."""

    def switched(fault: Fault, exchange: Exchange) -> Answer:
        if exchange.system.name != SYSTEM:
            return exchange.work()
        website = replace(exchange.system.account_for(exchange.request), **switches)
        answer: Answer = exchange.route.handler(exchange.request, website, **exchange.names)
        return answer

    return switched


def flood(fault: Fault, exchange: Exchange) -> Answer:
    return replace(exchange.work(), deliver=wire.flooding)


def at_the_handshake(fault: Fault, exchange: Exchange) -> Answer:
    return exchange.work()


UNTRUSTED = "certificate_untrusted"
CERTIFICATES: dict[str, Callable[[Fault], tuple[str, float]]] = {
    "certificate_expired": lambda fault: ("", -fault.number(3)),
    "certificate_ending": lambda fault: ("", fault.number(7)),
    "certificate_wrong_name": lambda fault: (fault.value or "elsewhere.example", 90),
}
"""The name on the certificate where it is not the website's own, and the days that it has left."""
KINDS: dict[str, Kind] = {
    "noindex": without(indexed=False),
    "no_rest": without(rest=False),
    "plugin_off": without(plugin=False),
    "flood": flood,
    **dict.fromkeys((UNTRUSTED, *CERTIFICATES), at_the_handshake),
}
