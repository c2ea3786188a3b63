"""Taking secrets out of what remote systems send back."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable

from .secret import Secret

MASK = "[key removed]"
BETWEEN = r"(?:\\u00[01][0-9a-f]|[\x00-\x1f\x7f])*"  # what a reader would not see inside a key
SHORTEST_FRAGMENT = 8  # below that, a run of characters is too common to be a trace of a key
LONGEST_PREFIX = 16  # within it, what ends with an underscore says what kind of key it is, and is no secret


class Redactor:
    """Masks every occurrence of some secrets, also when they come back encoded.

    Seen through: URL, JSON and HTML escapes (any mix of them, character by character), hexadecimal, and
    base64 in both alphabets at any offset. Of a key that comes back cut short, each run of eight characters
    is masked.
    """

    def __init__(self, secrets: Iterable[Secret]) -> None:
        forms = [form for secret in secrets for form in _forms(secret.reveal())]
        self._pattern = re.compile("|".join(forms), re.IGNORECASE) if forms else None

    def text(self, text: str) -> str:
        return self._pattern.sub(MASK, text) if self._pattern else text

    def bytes(self, raw: bytes) -> bytes:
        # Latin-1 maps bytes to characters one to one; all the forms are ASCII.
        return self.text(raw.decode("latin-1")).encode("latin-1")

    def __repr__(self) -> str:
        return "Redactor(***)"


def _forms(value: str) -> list[str]:
    fragments = [value.encode().hex(), *_base64_fragments(value.encode())]
    whole = BETWEEN.join(_character(c) for c in value)
    return [whole, *(re.escape(fragment) for fragment in (*fragments, *_pieces(value)))]


def _pieces(value: str) -> list[str]:
    """Every run of eight characters that is more than a public prefix such as `seeki_live_`."""
    public = value.rfind("_", 0, LONGEST_PREFIX) + 1
    ends = range(max(public + 1, SHORTEST_FRAGMENT), len(value))
    return [
        value[end - SHORTEST_FRAGMENT : end] for end in (*ends, len(value)) if len(value) > SHORTEST_FRAGMENT
    ]


def _character(c: str) -> str:
    """A pattern for one ASCII character, plain or escaped in a way that JSON, URLs or HTML know."""
    code = ord(c)
    ways = [rf"%(?:25)?{code:02x}", rf"\\u00{code:02x}", rf"&#0*{code};", rf"&#x0*{code:x};"]
    ways += {" ": [r"\+"], "&": ["&amp;"], "<": ["&lt;"], ">": ["&gt;"], '"': ["&quot;"]}.get(c, [])
    ways.append(rf"\\?{re.escape(c)}")  # last: it is the beginning of some of the others
    return f"(?:{'|'.join(ways)})"


def _base64_fragments(value: bytes) -> list[str]:
    """What stays the same of `value` wherever it stands in a longer text that is base64-encoded."""
    fragments = []
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + value).decode().rstrip("=")
        whole = len(encoded) if (offset + len(value)) % 3 == 0 else len(encoded) - 1
        fragment = encoded[(0, 2, 3)[offset] : whole]
        if len(fragment) >= SHORTEST_FRAGMENT:
            fragments += [fragment, fragment.translate(str.maketrans("+/", "-_"))]
    return fragments
