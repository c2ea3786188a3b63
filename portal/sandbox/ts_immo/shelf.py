"""The plugins that one account may download, and what a publisher may do to them, rightly or wrongly."""

from __future__ import annotations

from dataclasses import replace
from threading import RLock
from typing import Any

from portal.sandbox.ts_immo.hostile import HOSTILE
from portal.sandbox.ts_immo.plugins import PLUGINS, Plugin


class Shelf:
    """Plugins by their id; whoever changes one names its slug. An unknown slug raises `KeyError`."""

    def __init__(self) -> None:
        self._plugins = {plugin.id: plugin for plugin in PLUGINS}
        self._lock = RLock()

    def all(self) -> list[Plugin]:
        with self._lock:
            return list(self._plugins.values())

    def get(self, plugin_id: str) -> Plugin | None:
        with self._lock:
            return self._plugins.get(plugin_id)

    def named(self, slug: str) -> Plugin:
        found = next((plugin for plugin in self.all() if plugin.slug == slug), None)
        if found is None:
            raise KeyError(slug)
        return found

    def publish(self, slug: str, **changes: Any) -> Plugin:
        """A plugin that was not there, or other fields of one that is: `version="2.2.0"`, `shortcodes=(…)`."""
        try:
            plugin = self.named(slug)
        except KeyError:
            plugin = Plugin(slug, slug.replace("-", " ").title(), "", "1.0.0", ())
        return self._put(replace(plugin, **changes))

    def repack(self, slug: str, remark: str = "Packed once more.") -> Plugin:
        """The same version with other bytes, which the signature is of."""
        return self.publish(self.named(slug).slug, remark=remark)

    def sign_wrongly(self, slug: str) -> Plugin:
        """The signature is of bytes that nobody has; the archive stays a good one."""
        return self.publish(self.named(slug).slug, signed=f"not {slug}".encode())

    def spoil(self, slug: str, how: str) -> Plugin:
        """In place of the archive one of `hostile.HOSTILE`, rightly signed. Raises `KeyError` for an unknown one."""
        plugin = self.named(slug)
        return self._put(replace(plugin, instead=HOSTILE[how](plugin.slug, plugin.version)))

    def withdraw(self, slug: str) -> None:
        with self._lock:
            del self._plugins[self.named(slug).id]

    def mend(self, slug: str) -> Plugin:
        """Takes back what was wrong with archive and signature."""
        return self._put(replace(self.named(slug), instead=None, signed=None, remark=""))

    def _put(self, plugin: Plugin) -> Plugin:
        with self._lock:
            self._plugins[plugin.id] = plugin
        return plugin
