"""Text for comparison: lower case, without accents, with plain apostrophes."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'").casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
