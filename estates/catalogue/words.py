"""Words as the search compares them: without accents, in lower case, without punctuation."""

import re
import unicodedata
from collections.abc import Iterable

LENGTH = 2000
"""Characters of an estate's text that are searched."""
WORD_LENGTH = 60
"""Characters of a word that are searched. PostgreSQL's word lists end at 2,046 bytes, which a whole text of Latin
letters keeps to by its own length; only words of other scripts are cut."""

_MARKS = re.compile("[\u0300-\u036f]+")
_WORD = re.compile(r"[^\W_]+")
# Letters that no decomposition takes apart.
_LETTERS = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ƒ": "f", "μ": "u", "ˆ": " "}
)


def normalise(text: str) -> str:
    """The words of a text with single spaces between them: "L'Haÿ-les-Roses" is "l hay les roses"."""
    try:
        western = text.replace("\u202f", " ").encode("cp1252")
    except UnicodeEncodeError:
        return _any_script(text)
    for letter, letters in _WESTERN_PAIRS:
        western = western.replace(letter, letters)
    return b" ".join(western.translate(_WESTERN).split()).decode("ascii")


def search_text(parts: Iterable[str]) -> str:
    """The normalised words of all parts, at most 2,000 characters."""
    return normalise(" ".join(parts)[:LENGTH])[:LENGTH]


def _any_script(text: str) -> str:
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text).casefold())
    return " ".join(word[:WORD_LENGTH] for word in _WORD.findall(plain.translate(_LETTERS)))


# A sync normalises every estate. Nearly all texts fit into cp1252, for which tables are ten times as fast.
_FOLDED = [_any_script(bytes([code]).decode("cp1252", "ignore")) for code in range(256)]
_WESTERN = bytes(ord(folded) if len(folded) == 1 else ord(" ") for folded in _FOLDED)
_WESTERN_PAIRS = [(bytes([code]), folded.encode()) for code, folded in enumerate(_FOLDED) if len(folded) > 1]
