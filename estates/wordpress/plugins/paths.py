"""The names of an archive's entries: all in one folder, none leading out of it, each but once."""

import stat
import unicodedata
from collections.abc import Iterable

from estates.wordpress.plugins.directory import Entry
from estates.wordpress.plugins.reasons import Reason, Unfit

LONGEST = 400


def check_paths(entries: Iterable[Entry]) -> str:
    """The one folder that everything is in. Raises `Unfit`."""
    files: set[tuple[str, ...]] = set()
    folders: set[tuple[str, ...]] = set()
    top = ""
    for entry in entries:
        parts = _parts(entry.name)
        _check_kind(entry)
        top = top or parts[0]
        is_folder = entry.name.endswith("/")
        if parts[0] != top or (len(parts) == 1 and not is_folder):
            raise Unfit(Reason.FOLDERS, entry.name)
        if is_folder and entry.size:
            raise Unfit(Reason.DAMAGED, entry.name)
        folded = tuple(unicodedata.normalize("NFC", part).casefold() for part in parts)
        if folded in (folders if is_folder else files) and not is_folder:
            raise Unfit(Reason.DUPLICATE, entry.name)
        (folders if is_folder else files).add(folded)
        folders.update(folded[:length] for length in range(1, len(folded)))
    if not files:
        raise Unfit(Reason.NO_HEADER)
    if clash := files & folders:
        raise Unfit(Reason.DUPLICATE, "/".join(min(clash)))
    return top


def _parts(name: str) -> list[str]:
    """The steps of a path. A backslash or a colon separates on Windows, and has no business in a plugin."""
    parts = name.removesuffix("/").split("/")
    odd = any(sign in "\\:" or unicodedata.category(sign) in ("Cc", "Cf") for sign in name)
    if odd or len(name) > LONGEST or any(part in ("", ".", "..") for part in parts):
        raise Unfit(Reason.PATH, repr(name))
    return parts


def _check_kind(entry: Entry) -> None:
    if stat.S_IFMT(entry.mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Unfit(Reason.LINK, entry.name)
