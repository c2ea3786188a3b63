"""What a look found new about a plugin, as data that a page can say in words."""

import re
from collections.abc import Iterable
from typing import Any

from estates.remotes.ts_immo_answers import Plugin
from estates.wordpress.models import SitePlugin

NEW, BACK, WITHDRAWN, BYTES = "new", "back", "withdrawn", "bytes"
"""Keys of a change that is true or absent: listed for the first time, listed again, no longer listed, and the same
version with other bytes. `version` and `name` are pairs of before and after, `shortcodes` what was `added` and
`removed`, `description` is true."""

_SHORTCODE = re.compile(r"[^\s<>&/\[\]=\x00-\x20\x7f]{1,64}")


def shortcodes_of(plugin: Plugin) -> list[str]:
    """The names that WordPress takes for a shortcode's, each once, without brackets around them."""
    bare = (code.strip("[] ") for code in plugin.shortcodes)
    return list(dict.fromkeys(code for code in bare if _SHORTCODE.fullmatch(code)))


def changes_between(before: SitePlugin | None, plugin: Plugin) -> dict[str, Any]:
    """What is new of `plugin` against what was known, nothing where all is as it was."""
    if before is None:
        return {NEW: True}
    found: dict[str, Any] = {BACK: True} if before.withdrawn_at else {}
    for name, was, now in (
        ("version", before.version, plugin.version),
        ("name", before.name, plugin.name),
    ):
        if was != now:
            found[name] = [was, now]
    if before.description != plugin.description:
        found["description"] = True
    if codes := _codes(before.shortcodes, shortcodes_of(plugin)):
        found["shortcodes"] = codes
    known = before.file.sha256 if before.file else ""
    if before.version == plugin.version and known != plugin.sha256:
        found[BYTES] = True
    return found


def _codes(was: Iterable[str], now: Iterable[str]) -> dict[str, list[str]]:
    added = [code for code in now if code not in set(was)]
    removed = [code for code in was if code not in set(now)]
    return {"added": added, "removed": removed} if added or removed else {}
