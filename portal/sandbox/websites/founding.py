"""The website that Agence Martin has had for years: some estates have their address there, some nowhere yet."""

from __future__ import annotations

from portal.sandbox.ts_immo.account import Account
from portal.sandbox.ts_immo.mirror import drawn
from portal.sandbox.ts_immo.stock import Estate
from portal.sandbox.websites.estates import path_of
from portal.sandbox.websites.system import Websites

DOMAIN = "www.agence-martin.example"
FOREIGN = "www.annonces-partenaires.example"
KNOWN, OF = 3, 5
"""The share of the available estates whose address Ts-Immo knows."""


def found(account: Account, websites: Websites) -> None:
    """Gives out the addresses, one of them on a foreign website, and fills the own one. At the start only."""
    available = [estate for estate in account.estates if estate.status == "available"]
    available.sort(key=lambda estate: drawn(f"{account.seed}:addresses", estate.id))
    known = available[: len(available) * KNOWN // OF]
    for estate in known:
        _publish(estate, DOMAIN)
    for estate in known[-1:]:
        _publish(estate, FOREIGN)
    websites.add(DOMAIN, account)


def _publish(estate: Estate, domain: str) -> None:
    # Not by the stock's own way, which would make the estate one that was changed just now.
    estate.public_url = f"https://{domain}{path_of(estate)}"
