"""Whether a file is an MP4 film: its boxes follow each other from the first byte to the last (ISO 14496-12)."""

import re
import struct
import zipfile
from typing import BinaryIO

from support.attachments.refusals import DAMAGED, OTHER_CONTENT, Refused

MOST_BOXES = 20_000
"""Of a live recording, which has two for each fragment."""
_HEADER, _LONG = struct.Struct(">I4s"), struct.Struct(">Q")
_NAME = re.compile(rb"[a-zA-Z0-9 \xa9]{4}")
_BRAND = re.compile(rb"(iso[m2-9]|mp4[12]|avc1|M4V |MSNV|dash|mmp4|3gp[4-7])")


def check_film(file: BinaryIO) -> None:
    """Reads the boxes' headers only. Raises `Refused`."""
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(12)
    if head[4:8] != b"ftyp" or not _BRAND.fullmatch(head[8:12]) or zipfile.is_zipfile(file):
        raise Refused(OTHER_CONTENT)
    at, names = 0, set[bytes]()
    for _number in range(MOST_BOXES):
        if at == size:
            break
        name, length = _box(file, at, size)
        names.add(name)
        at += length
    if at != size or not {b"moov", b"mdat"} <= names:
        raise Refused(DAMAGED)


def _box(file: BinaryIO, at: int, end: int) -> tuple[bytes, int]:
    """The name and the length of the box that begins there."""
    file.seek(at)
    header = file.read(_HEADER.size + _LONG.size)
    if len(header) < _HEADER.size:
        raise Refused(DAMAGED)
    length, name = _HEADER.unpack_from(header)
    if length == 0:
        length = end - at
    elif length == 1 and len(header) == _HEADER.size + _LONG.size:
        (length,) = _LONG.unpack_from(header, _HEADER.size)
    if not _NAME.fullmatch(name) or length < _HEADER.size or at + length > end:
        raise Refused(DAMAGED)
    return name, length
