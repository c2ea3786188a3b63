"""What changed about a plugin, in sentences."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from estates.wordpress.models import SitePlugin
from estates.wordpress.plugins.changes import BACK, BYTES, NEW, WITHDRAWN


def lines_of(plugin: SitePlugin) -> list[str]:
    """A sentence for each change of the last look that brought any, the weightiest first."""
    changes: dict[str, Any] = plugin.changes
    lines = [words for change, words in _plain().items() if changes.get(change)]
    if pair := changes.get("version"):
        lines.append(_("Version: %(before)s → %(after)s") % _pair(pair))
    if pair := changes.get("name"):
        lines.append(_("Name: %(before)s → %(after)s") % _pair(pair))
    codes = changes.get("shortcodes") or {}
    if added := codes.get("added"):
        words = ngettext("New shortcode: %(names)s", "New shortcodes: %(names)s", len(added))
        lines.append(words % {"names": _named(added)})
    if removed := codes.get("removed"):
        words = ngettext("Shortcode gone: %(names)s", "Shortcodes gone: %(names)s", len(removed))
        lines.append(words % {"names": _named(removed)})
    if changes.get("description"):
        lines.append(_("The description is another one."))
    return lines


def _plain() -> dict[str, str]:
    return {
        WITHDRAWN: _("Ts-Immo no longer lists this plugin for the site."),
        NEW: _("Listed for the first time."),
        BACK: _("Listed again."),
        BYTES: _("The same version with other content."),
    }


def _pair(pair: list[str]) -> dict[str, str]:
    before, after = pair
    return {"before": before or "–", "after": after or "–"}


def _named(codes: list[str]) -> str:
    return ", ".join(f"[{code}]" for code in codes)
