"""Taking what tells a person out of a text, and leaving all the rest as it was written."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Any

from estates.catalogue.words import normalise
from estates.leads.erasure.traces import TAIL, named_ids

BLACKED = "█████"
"""What stands where a person was named."""

PREFIX = 16
"""So many characters before a number may belong to it."""

LONG_ID = re.compile(r"[\w-]{16,128}")
_MAIL = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}(?:@|%40)[\w-]+(?:\.[\w-]+)*", re.IGNORECASE)
_NUMBER = re.compile(r"\+?\d(?:[\s.\-()/\u00a0\u202f]{0,3}\d){8,}")
_BEFORE_MAIL = re.compile(r"[=/'&?|]")
_PREFIX = re.compile(r"(?:(?:^|\+|\b00)\d{1,3}[\s.\-\u00a0\u202f]{0,3})?\(?0?\)?[\s.\-\u00a0\u202f]{0,3}$")
_NAMED_ID = re.compile(r"\"(?:action_id|leadId|lead_id)\"\s*:\s*\"?[^\",}\s]{1,128}")
_WORD = re.compile(r"[^\W_]+")

IsTheirs = Callable[[str], bool]
"""Whether an address, nine digits, an id, or an id after its usual word belongs to somebody."""


def without(text: str, is_theirs: IsTheirs) -> str:
    """The text without the addresses, numbers and ids that are somebody's."""

    def black(found: re.Match[str]) -> str:
        return BLACKED if is_theirs(found[0]) else found[0]

    def black_id(found: re.Match[str]) -> str:
        ids = named_ids(found[0])
        return found[0].removesuffix(ids[0]) + BLACKED if ids and is_theirs(found[0]) else found[0]

    def black_mail(found: re.Match[str]) -> str:
        """What stands before an address may look like a part of it, as in "?mail=", and may be one."""
        address = _BEFORE_MAIL.split(found[0])[-1]
        return found[0].removesuffix(address) + BLACKED if is_theirs(address) else black(found)

    text = _MAIL.sub(black_mail, _NAMED_ID.sub(black_id, text))
    return LONG_ID.sub(black, _NUMBER.sub(lambda found: _without_number(found[0], is_theirs), text))


def without_names(text: str, names: set[str]) -> str:
    """The text without these full names, which are normalised."""
    if not names:
        return text
    words = [(word, found.span()) for found in _WORD.finditer(text) for word in normalise(found[0]).split()]
    spans = [
        (words[at][1][0], words[at + length - 1][1][1])
        for length in {name.count(" ") + 1 for name in names}
        for at in range(len(words) - length + 1)
        if " ".join(word for word, _ in words[at : at + length]) in names
    ]
    for start, end in reversed(_merged(spans)):
        text = text[:start] + BLACKED + text[end:]
    return text


def in_json(raw: str, rewritten: Callable[[str], str]) -> str:
    """JSON with its texts and numbers rewritten, as it was where none of them changes; no JSON as one text."""
    if not raw:
        return raw
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        return rewritten(raw)
    cleared = _cleared(told, rewritten)
    return raw if cleared == told else json.dumps(cleared, ensure_ascii=False)


def texts_in(raw: str) -> str:
    """All that JSON says, without its signs; no JSON as it is."""
    texts: list[str] = []

    def listed(text: str) -> str:
        texts.append(text)
        return text

    in_json(raw, listed)
    return "\n".join(texts)


def is_same(ours: str, theirs: str) -> bool:
    """Whether a text that was sent is the one that came back, whatever was taken out of ours meanwhile."""
    if BLACKED not in ours:
        return ours == theirs
    first, *middle, last = ours.split(BLACKED)
    at, end = len(first), len(theirs) - len(last)
    if not (theirs.startswith(first) and theirs.endswith(last)):
        return False
    for piece in middle:
        # Something stood in each gap; the nearest place leaves most room for what follows.
        found = theirs.find(piece, at + 1, end)
        if found < 0:
            return False
        at = found + len(piece)
    return at < end


def _without_number(run: str, is_theirs: IsTheirs) -> str:
    """A run of digits may be several numbers side by side: only theirs goes, with its country code."""
    places = [at for at, sign in enumerate(run) if sign.isdigit()]
    rest, end = "", len(places)
    while end >= TAIL:
        tail = places[end - TAIL : end]
        if not is_theirs("".join(run[at] for at in tail)):
            end -= 1
            continue
        prefix = _PREFIX.search(run, max(0, tail[0] - PREFIX), tail[0])
        begin = prefix.start() if prefix else tail[0]
        run, rest = run[:begin], BLACKED + run[tail[-1] + 1 :] + rest
        end = bisect_left(places, begin, 0, end)
    return run + rest


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _cleared(value: Any, rewritten: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {name: _cleared(part, rewritten) for name, part in value.items()}
    if isinstance(value, list):
        return [_cleared(part, rewritten) for part in value]
    if isinstance(value, str):
        return rewritten(value)
    changed = rewritten(str(value)) if type(value) is int else value
    return changed if changed != str(value) else value
