"""Names that people's files have, made harmless for every place where they are shown, sent or saved again."""

import re
import unicodedata

LONGEST = 150
LONGEST_IN_BYTES = 250
"""Most file systems take 255 bytes."""

_SEPARATORS = re.compile(r"[/\\]")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
"""What Windows refuses in names."""
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, overrides of the direction of writing, characters without width, and what is no character."""
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters by their class that show as nothing."""


def plain_name(name: str) -> str:
    """The last part of a path, without anything that cannot be seen; it may be empty."""
    seen = "".join(
        sign
        for sign in unicodedata.normalize("NFC", name)
        if unicodedata.category(sign) not in _UNSEEN and sign not in _BLANKS
    )
    last = _SEPARATORS.split(seen)[-1]
    return " ".join(_FORBIDDEN.sub("_", last).split()).strip(" .")


def ending_of(name: str) -> str:
    """The ending of a plain name in small letters, "" for none."""
    stem, dot, ending = name.rpartition(".")
    return ending.strip().casefold() if dot and stem else ""


def harmless_name(name: str, extension: str, endings: frozenset[str]) -> str:
    """Such as `facture.png`: at most `LONGEST` characters, and ends as what was found in the file.

    An ending among `endings`, all those of its kind, is replaced; any other is part of the name.
    """
    plain = plain_name(name)
    stem = plain.rpartition(".")[0] if ending_of(plain) in endings else plain
    stem = stem.strip(" .")
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    room = LONGEST - len(extension) - 1
    stem = stem[:room]
    while len(stem.encode()) > LONGEST_IN_BYTES - len(extension) - 1:
        stem = stem[:-1]
    return f"{stem.rstrip(' .') or 'file'}.{extension}"
