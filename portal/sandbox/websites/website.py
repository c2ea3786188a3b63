"""One website: whose it is, what it shows, and what is switched on."""

from __future__ import annotations

from dataclasses import dataclass

from portal.sandbox.ts_immo.account import Account
from portal.sandbox.ts_immo.mirror import Mirror

SYSTEM = "websites"


@dataclass(frozen=True, slots=True)
class Website:
    """`indexed` is WordPress' own switch for search engines; without `plugin` there are no estates."""

    domain: str
    account: Account
    mirror: Mirror
    indexed: bool = True
    rest: bool = True
    plugin: bool = True

    @property
    def name(self) -> str:
        return self.account.name

    @property
    def address(self) -> str:
        return f"https://{self.domain}"
