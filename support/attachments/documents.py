"""Whether a file is the PDF or office document that it says, and nothing else besides."""

import zipfile
from collections.abc import Mapping
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from estates.wordpress.plugins.directory import Entry, entries_of
from estates.wordpress.plugins.examine import head
from estates.wordpress.plugins.reasons import Unfit
from support.attachments.kinds import Kind
from support.attachments.refusals import DAMAGED, OTHER_CONTENT, Refused

TAIL = 1024
"""So far from the end readers of PDF look for its mark (ISO 32000-1, annex H, 3.4.4)."""
MOST_ENTRIES = 5_000
MOST_UNPACKED = 200_000_000
"""Bytes of a document when it is unpacked."""

MACROS = _("It holds macros or programs, which are not taken. Save it without them, or as PDF.")
BLOWN_UP = _("Unpacked it would be far larger than any document. Send it as PDF.")
TWO_IN_ONE = _("It is a PDF and an archive at once, as in files that hide something.")

_MARKERS: Mapping[str, tuple[str, ...]] = {
    "docx": ("[Content_Types].xml", "word/document.xml"),
    "xlsx": ("[Content_Types].xml", "xl/workbook.xml"),
    "pptx": ("[Content_Types].xml", "ppt/presentation.xml"),
    "odt": ("mimetype", "META-INF/manifest.xml", "content.xml"),
    "ods": ("mimetype", "META-INF/manifest.xml", "content.xml"),
}
_MACRO_FILES = ("vbaproject.bin", "vbadata.xml", "vbaprojectsignature.bin")
_MACRO_FOLDERS = ("basic/", "scripts/", "xl/macrosheets/", "word/activex/", "xl/activex/", "ppt/activex/")
_PROGRAMS = (".exe", ".dll", ".js", ".vbs", ".bat", ".cmd", ".com", ".scr", ".hta", ".ps1", ".jar", ".class")


def check_pdf(file: BinaryIO) -> None:
    """Raises `Refused`."""
    size = file.seek(0, 2)
    file.seek(0)
    if file.read(5) != b"%PDF-":
        raise Refused(OTHER_CONTENT)
    file.seek(max(0, size - TAIL))
    if b"%%EOF" not in file.read(TAIL):
        raise Refused(DAMAGED)
    if zipfile.is_zipfile(file):
        raise Refused(TWO_IN_ONE)


def check_office(file: BinaryIO, kind: Kind) -> None:
    """Unpacks the document piece by piece without keeping any of it. Raises `Refused`."""
    file.seek(0)
    if file.read(4) != b"PK\3\4":
        raise Refused(OTHER_CONTENT)
    try:
        _check_entries(file, kind, entries_of(file))
    except Unfit as unfit:
        raise Refused(DAMAGED) from unfit


def _check_entries(file: BinaryIO, kind: Kind, entries: list[Entry]) -> None:
    names = {entry.name for entry in entries}
    if not names.issuperset(_MARKERS[kind.extension]):
        raise Refused(OTHER_CONTENT)
    if len(names) != len(entries) or any(_leads_out(name) for name in names):
        raise Refused(DAMAGED)
    if any(_is_program(name.casefold()) for name in names):
        raise Refused(MACROS)
    if len(entries) > MOST_ENTRIES or sum(entry.size for entry in entries) > MOST_UNPACKED:
        raise Refused(BLOWN_UP)
    for entry in entries:
        _check_entry(entry.name, head(file, entry), kind)


def _check_entry(name: str, start: bytes, kind: Kind) -> None:
    """`start` is up to 8 KiB of the entry, all of which has been unpacked and found as long as it says."""
    if name == "mimetype" and start.decode("ascii", "replace").strip() != kind.mime_type:
        raise Refused(OTHER_CONTENT)
    if name == "[Content_Types].xml" and b"macroenabled" in start.lower():
        raise Refused(MACROS)
    if start[:2] == b"MZ" or start[:4] == b"\x7fELF":
        raise Refused(MACROS)


def _leads_out(name: str) -> bool:
    return "\\" in name or "\0" in name or name.startswith("/") or ".." in name.split("/")


def _is_program(name: str) -> bool:
    return (
        name.rpartition("/")[2] in _MACRO_FILES or name.startswith(_MACRO_FOLDERS) or name.endswith(_PROGRAMS)
    )
