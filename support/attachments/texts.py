"""Whether a file is plain text that no program takes for a page or a script."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from support.attachments.refusals import OTHER_CONTENT, Refused

PIECE = 64 * 1024
START = 1445
"""So far browsers read when they guess what a text is (MIME Sniffing Standard, section 7.1: 1,445 bytes)."""
NO_TEXT = _("It is no plain text. Texts are taken in UTF-8 or in the Windows encoding.")
MARKUP = _("It begins like a web page, a drawing or a script, which are not taken. Send a picture of it.")

_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_NOT_WINDOWS = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_BOM = codecs.BOM_UTF8
_FIRST = re.compile(rb"\s*(<[a-z!?/%]|#!|@echo|mz[\x80-\xff])", re.IGNORECASE)
_ANYWHERE = re.compile(
    rb"<\s*(script|html|svg|!doctype|iframe|body|head|\?php|\?xml|meta|object|embed|img)\b|javascript:",
    re.IGNORECASE,
)


def check_text(file: BinaryIO) -> None:
    """Reads the whole file in pieces. Raises `Refused`."""
    file.seek(0)
    start = file.read(START).removeprefix(_BOM)
    if _FIRST.match(start) or _ANYWHERE.search(start):
        raise Refused(MARKUP)
    unicode, windows = codecs.getincrementaldecoder("utf-8")(), True
    is_unicode = True
    for piece in pieces(file):
        if _CONTROLS.search(piece):
            raise Refused(NO_TEXT)
        windows = windows and not _NOT_WINDOWS.search(piece)
        is_unicode = is_unicode and _decodes(unicode, piece)
        if not (is_unicode or windows):
            raise Refused(NO_TEXT)
    if not windows and not _decodes(unicode, b"", final=True):
        raise Refused(NO_TEXT)


def check_json(file: BinaryIO) -> None:
    """Text in the brackets of JSON. It is not parsed, which would take many times its size in memory."""
    check_text(file)
    size = file.seek(0, 2)
    file.seek(0)
    first = file.read(START).removeprefix(_BOM).lstrip()[:1]
    file.seek(max(0, size - START))
    last = file.read(START).rstrip()[-1:]
    if (first, last) not in ((b"{", b"}"), (b"[", b"]")):
        raise Refused(OTHER_CONTENT)


def pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


def _decodes(decoder: codecs.IncrementalDecoder, piece: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError:
        return False
    return True
