"""Which estate a page is about, by the references that its address or its text names."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from urllib.parse import unquote, urlsplit

from estates.wordpress.proof.references import RUN, is_in, is_weak, parts_of
from estates.wordpress.proof.text import folded

LONGEST = 8
"""Runs of letters or of digits in a reference. Longer ones are not looked for."""

Key = tuple[str, ...]


class References:
    """The references of some estates, to be looked up in addresses and texts, however many there are."""

    def __init__(self, estates: Iterable[tuple[int, str]]) -> None:
        """`estates` are pairs of a key and a reference; those without letters and digits are left out."""
        self._keys: Mapping[Key, list[tuple[int, str]]] = defaultdict(list)
        for pk, reference in estates:
            key = parts_of(reference)
            if key:
                self._keys[key].append((pk, reference))
        self._longest = min(max(map(len, self._keys), default=0), LONGEST)

    def in_address(self, url: str) -> set[int]:
        """Estates whose reference the path names; of two that overlap the longer one. Weak ones are no evidence."""
        runs = parts_in(unquote(urlsplit(url).path, errors="replace"))
        for length in range(self._longest, 0, -1):
            found = {
                pk
                for key in _windows(runs, length)
                for pk, reference in self._keys.get(key, ())
                if not is_weak(reference)
            }
            if found:
                return found
        return set()

    def in_text(self, text: str) -> set[int]:
        """Estates whose reference a `folded` text names as a word of its own."""
        runs = parts_in(text)
        near = {
            key
            for length in range(1, self._longest + 1)
            for key in _windows(runs, length)
            if key in self._keys
        }
        return {pk for key in near for pk, reference in self._keys[key] if is_in(reference, text)}


def parts_in(text: str) -> list[str]:
    return RUN.findall(folded(text))[:50_000]


def _windows(runs: list[str], length: int) -> set[Key]:
    return set(zip(*(runs[start:] for start in range(length)), strict=False))


def plain_among(urls: Iterable[str]) -> str:
    """Of one page in several languages, `/bien/1` beside `/en/bien/1`, the one without a language; else ""."""
    plain = [url for url in urls if not _has_language(url)]
    return plain[0] if len(plain) == 1 else ""


def _has_language(url: str) -> bool:
    first = urlsplit(url).path.strip("/").partition("/")[0]
    return len(first) == 2 and first.isalpha()
