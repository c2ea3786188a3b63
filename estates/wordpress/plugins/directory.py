"""The list of what is in a plugin's zip, within the limits of plugins."""

from typing import BinaryIO

from estates.feeds import zip_directory
from estates.feeds.zip_directory import DEFLATED, STORED, BadZip, Entry
from estates.wordpress.plugins.reasons import Reason, Unfit

__all__ = ["DEFLATED", "STORED", "Entry", "entries_of"]

MOST_ENTRIES = 10_000
MOST_DIRECTORY = 4_000_000
"""Bytes of the list."""


def entries_of(file: BinaryIO) -> list[Entry]:
    """The entries in the order of their bytes, none of which share any. Raises `Unfit`."""
    try:
        return zip_directory.entries_of(file, most=MOST_ENTRIES, most_directory=MOST_DIRECTORY)
    except BadZip as bad:
        raise Unfit(Reason(bad.fault.value), bad.words) from bad
