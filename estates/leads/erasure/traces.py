"""What tells a person in a text: addresses and numbers in any spelling, names, and the remotes' numbers of leads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from estates.catalogue.words import normalise
from estates.leads.contacts import mail_key
from estates.leads.models import Lead

TAIL = 9
"""So many last digits tell a number, with country code or without; shorter numbers tell nobody."""

_DOMAIN = re.compile(r"@[\w.-]{3,255}")
_MAILBOX = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}$")
_BEFORE_MAIL = re.compile(r"[=/'&?|]")
_NUMBER = re.compile(r"\+?\d(?:[\s.\-()/\u00a0\u202f]{0,3}\d){8,}")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_ESCAPED_SPACE = re.compile(r"(?<!\\)\\[bfnrt]")
_NAMED_ID = re.compile(r"\"(?:action_id|leadId|lead_id)\"\s*:\s*\"?([^\",}\s]{1,128})")


@dataclass
class Traces:
    """Of one person or many. `ids` are `[connection, remote id]`, `names` normalised, `tails` ends of numbers."""

    mails: set[str] = field(default_factory=set)
    tails: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    ids: set[tuple[int, str]] = field(default_factory=set)

    def add(self, other: Traces) -> None:
        for name in ("mails", "tails", "names", "ids"):
            getattr(self, name).update(getattr(other, name))

    def as_json(self) -> dict[str, Any]:
        return {name: sorted(getattr(self, name)) for name in ("mails", "tails", "names", "ids")}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Traces:
        ids = {(connection, remote_id) for connection, remote_id in told["ids"]}
        return cls(set(told["mails"]), set(told["tails"]), set(told["names"]), ids)

    def of(self, connection: int | None) -> set[str]:
        """The remote's numbers of the leads that came through a connection; without one, of all."""
        return {remote_id for at, remote_id in self.ids if connection in (None, at)}

    def in_address(self, text: str) -> bool:
        """Whether the text holds one of the addresses or numbers."""
        text = plain(text)
        return any(mail in self.mails for mail in mails_in(text)) or any(
            tail in self.tails for tail in tails_in(text)
        )

    def in_text(self, text: str, connection: int | None = None) -> bool:
        """Whether the text holds one of them, a full name, or the number of a lead after its usual word."""
        if not text:
            return False
        if self.in_address(text) or not self.of(connection).isdisjoint(named_ids(text)):
            return True
        return self.in_words(text)

    def in_words(self, text: str) -> bool:
        words = normalise(plain(text)).split()
        longest = max((name.count(" ") + 1 for name in self.names), default=0)
        pairs = range(2, longest + 1)
        return any(" ".join(words[at : at + n]) in self.names for at in range(len(words)) for n in pairs)


def traces_of(leads: Iterable[Lead]) -> Traces:
    """What tells the people of these leads. A first or last name alone tells nobody."""
    found = Traces()
    for lead in leads:
        found.mails |= {key for key in (lead.email_key, mail_key(lead.email)) if key}
        found.mails.update(mails_in(lead.email))
        for phone in lead.phones:
            found.tails |= {number[-TAIL:] for number in _whole_numbers(phone)}
        first, last = normalise(lead.first_name), normalise(lead.last_name)
        if first and last:
            found.names |= {f"{first} {last}", f"{last} {first}"}
        found.ids.add((lead.connection_id, lead.remote_id))
    return found


def _whole_numbers(phone: dict[str, Any]) -> Iterator[str]:
    for text in (phone.get("e164", ""), phone.get("number", "")):
        digits = "".join(re.findall(r"\d", str(text)))
        if len(digits) >= TAIL:
            yield digits


def plain(text: str) -> str:
    """A text without the escapes of JSON and of addresses, so that what it says can be found."""
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), _ESCAPED_SPACE.sub(" ", text)).replace(
        "\\/", "/"
    )
    return unquote(text) if "%" in text else text


def named_ids(text: str) -> list[str]:
    """What stands after the usual words for the number of a lead."""
    return _NAMED_ID.findall(text)


def mails_in(text: str) -> Iterator[str]:
    """The addresses in a text, in the spelling by which they are compared."""
    for domain in _DOMAIN.finditer(text):
        box = _MAILBOX.search(text, max(0, domain.start() - 64), domain.start())
        if box:
            address = f"{box[0]}{domain[0]}".casefold().rstrip(".-_")
            yield address
            yield _BEFORE_MAIL.split(address)[-1]


def tails_in(text: str) -> Iterator[str]:
    """Every run of nine digits in what looks like a number: where numbers stand side by side, each is found."""
    for match in _NUMBER.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        for at in range(len(digits) - TAIL + 1):
            yield digits[at : at + TAIL]
