"""WordPress plugins to download: small, but real archives that WordPress accepts."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from portal.sandbox.ts_immo.identifiers import identifier

PACKED_AT = (2026, 9, 1, 8, 0, 0)
SOURCE = """<?php
/**
 * Plugin Name: {title}
 * Description: {description}
 * Version: {version}
 * Requires at least: 6.0
 * Requires PHP: 7.4
 * Author: Ts-Immo (sandbox)
 * License: GPL-2.0-or-later
 * Text Domain: {slug}
 */

defined( 'ABSPATH' ) || exit;

function {prefix}_render( $attributes, $content, $tag ) {{
	return '<div class="{slug}">' . esc_html( $tag ) . '</div>';
}}

foreach ( array( {shortcodes} ) as $tag ) {{
	add_shortcode( $tag, '{prefix}_render' );
}}
"""
README = """=== {title} ===
Stable tag: {version}
Requires at least: 6.0
License: GPLv2 or later

{description}
{remark}"""


@dataclass(frozen=True)
class Plugin:
    slug: str
    title: str
    description: str
    version: str
    shortcodes: tuple[str, ...]
    remark: str = ""
    """A line of the readme: with another one, the same version has other bytes."""
    instead: bytes | None = None
    """What is sent in place of the archive."""
    signed: bytes | None = None
    """What the signature is of, if not of what is sent."""

    @cached_property
    def id(self) -> str:
        return identifier("plugin", self.slug)

    @cached_property
    def archive(self) -> bytes:
        """The zip: `<slug>/<slug>.php` and a readme, the same bytes on every run."""
        if self.instead is not None:
            return self.instead
        words = {
            "remark": self.remark and f"\n{self.remark}\n",
            "slug": self.slug,
            "prefix": self.slug.replace("-", "_"),
            "title": self.title,
            "description": self.description,
            "version": self.version,
            "shortcodes": ", ".join(f"'{shortcode}'" for shortcode in self.shortcodes),
        }
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in ((f"{self.slug}.php", SOURCE), ("readme.txt", README)):
                entry = zipfile.ZipInfo(f"{self.slug}/{name}", PACKED_AT)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, content.format(**words))
        return packed.getvalue()

    @cached_property
    def signature(self) -> str:
        return f"sha256:{sha256(self.signed or self.archive).hexdigest()}"


PLUGINS = (
    Plugin(
        "ts-immo-sync",
        "Ts-Immo Sync",
        "WordPress synchronization plugin",
        "2.1.0",
        ("ts_immo_listings", "ts_immo_property", "ts_immo_search", "ts_immo_map"),
    ),
    Plugin(
        "ts-immo-leads",
        "Ts-Immo Leads",
        "Contact and valuation forms for estates",
        "1.4.2",
        ("ts_immo_contact", "ts_immo_valuation"),
    ),
)
