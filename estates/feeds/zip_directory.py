"""The list of what is in a zip (APPNOTE 6.3.10), read by the letter.

Python's zipfile is not asked: it believes in overlapping entries, and reads a list of any length. Where readers of
zips are known to disagree, so that one would check what another unpacks, the archive is refused.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import SEEK_END
from typing import BinaryIO

LONGEST_COMMENT = 0xFFFF
ENCRYPTED = 0x1 | 0x40 | 0x2000
UTF8 = 0x800
STORED, DEFLATED = 0, 8
UNICODE_PATH = 0x7075
"""The extra field by which some unpackers, PHP's among them, replace an entry's name."""

_END, _CENTRAL = struct.Struct("<4s4H2IH"), struct.Struct("<4s6H3I5H2I")
_LOCAL, _FIELD = struct.Struct("<4s5H3I2H"), struct.Struct("<2H")
_END_MARK, _CENTRAL_MARK, _LOCAL_MARK = b"PK\5\6", b"PK\1\2", b"PK\3\4"


class Fault(StrEnum):
    """What is wrong with an archive."""

    NOT_A_ZIP = "not_a_zip"
    DAMAGED = "damaged"
    UNKNOWN_FORM = "unknown_form"
    TOO_MANY = "too_many"
    OVERLAP = "overlap"
    PATH = "path"
    ENCRYPTED = "encrypted"


class BadZip(Exception):
    """An archive that is not opened; `words` says where, and comes from the archive."""

    def __init__(self, fault: Fault, words: str = "") -> None:
        super().__init__(fault, words)
        self.fault = fault
        self.words = words


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry by the archive's list: `packed` and `size` in bytes, `mode` as in Unix, `start` of its bytes."""

    name: str
    method: int
    checksum: int
    packed: int
    size: int
    mode: int
    start: int


@dataclass(frozen=True, slots=True)
class _Listed:
    """What the list says of an entry, before its own header was compared."""

    raw_name: bytes
    flags: int
    method: int
    checksum: int
    packed: int
    size: int
    mode: int
    offset: int

    @property
    def name(self) -> str:
        return decoded(self.raw_name, self.flags)


def entries_of(file: BinaryIO, *, most: int, most_directory: int) -> list[Entry]:
    """The entries in the order of their bytes, none of which share any. Raises `BadZip`.

    `most` entries in a list of `most_directory` bytes bound the memory that this takes.
    """
    number, start, size = _end(file)
    if number > most or size > most_directory:
        raise BadZip(Fault.TOO_MANY, f"{number} entries")
    listed = sorted(_listed(_read(file, start, size)), key=lambda entry: entry.offset)
    if len(listed) != number:
        raise BadZip(Fault.DAMAGED, f"{len(listed)} entries, {number} were announced")
    found, free_from = [], 0
    for entry in listed:
        if entry.offset < free_from:
            raise BadZip(Fault.OVERLAP, entry.name)
        data = _start(file, entry)
        free_from = data + entry.packed
        if free_from > start:
            raise BadZip(Fault.OVERLAP, entry.name)
        found.append(
            Entry(entry.name, entry.method, entry.checksum, entry.packed, entry.size, entry.mode, data)
        )
    return found


def decoded(name: bytes, flags: int) -> str:
    try:
        return name.decode("utf-8" if flags & UTF8 else "cp437")
    except UnicodeDecodeError as broken:
        raise BadZip(Fault.PATH, repr(name)) from broken


def _end(file: BinaryIO) -> tuple[int, int, int]:
    """How many entries the archive has, where its list starts, and how many bytes that has.

    Exactly one record may say so: with two, readers would choose.
    """
    length = file.seek(0, SEEK_END)
    tail_start = max(0, length - LONGEST_COMMENT - _END.size)
    tail = _read(file, tail_start, length - tail_start)
    found, at = [], tail.find(_END_MARK)
    while 0 <= at <= len(tail) - _END.size:
        _, disk, first_disk, here, number, size, start, comment = _END.unpack_from(tail, at)
        if start + size == tail_start + at:
            found.append((disk, first_disk, here, number, start, size, at + _END.size + comment))
        at = tail.find(_END_MARK, at + 1)
    if len(found) != 1:
        raise BadZip(Fault.NOT_A_ZIP if not found else Fault.UNKNOWN_FORM)
    disk, first_disk, here, number, start, size, ends = found[0]
    if ends != len(tail):
        raise BadZip(Fault.NOT_A_ZIP)
    if disk or first_disk or here != number or number == 0xFFFF:
        raise BadZip(Fault.UNKNOWN_FORM)
    return number, start, size


def _listed(directory: bytes) -> Iterator[_Listed]:
    at = 0
    while at < len(directory):
        if at + _CENTRAL.size > len(directory):
            raise BadZip(Fault.DAMAGED)
        (
            mark,
            _,
            _,
            flags,
            method,
            _,
            _,
            checksum,
            packed,
            size,
            name,
            extra,
            comment,
            disk,
            _,
            mode,
            offset,
        ) = _CENTRAL.unpack_from(directory, at)
        at += _CENTRAL.size
        raw_name, fields = directory[at : at + name], directory[at + name : at + name + extra]
        at += name + extra + comment
        if mark != _CENTRAL_MARK or at > len(directory):
            raise BadZip(Fault.DAMAGED)
        if disk or 0xFFFFFFFF in (packed, size, offset):
            raise BadZip(Fault.UNKNOWN_FORM, decoded(raw_name, flags))
        _check_fields(fields, raw_name, flags)
        yield _Listed(raw_name, flags, method, checksum, packed, size, mode >> 16, offset)


def _start(file: BinaryIO, entry: _Listed) -> int:
    """Where the entry's bytes are. Its own header must say the same of it as the list."""
    header = _read(file, entry.offset, _LOCAL.size)
    if len(header) < _LOCAL.size:
        raise BadZip(Fault.DAMAGED, entry.name)
    mark, _, flags, method, _, _, _, _, _, name, extra = _LOCAL.unpack(header)
    if (flags | entry.flags) & ENCRYPTED:
        raise BadZip(Fault.ENCRYPTED, entry.name)
    if entry.method not in (STORED, DEFLATED):
        raise BadZip(Fault.UNKNOWN_FORM, entry.name)
    after = _read(file, entry.offset + _LOCAL.size, name + extra)
    if mark != _LOCAL_MARK or method != entry.method or len(after) != name + extra:
        raise BadZip(Fault.DAMAGED, entry.name)
    if after[:name] != entry.raw_name or (flags ^ entry.flags) & UTF8:
        raise BadZip(Fault.PATH, f"{entry.name} / {after[:name]!r}")
    _check_fields(after[name:], entry.raw_name, flags)
    return entry.offset + _LOCAL.size + name + extra


def _check_fields(fields: bytes, raw_name: bytes, flags: int) -> None:
    """Refuses an extra field that gives the entry another name. Its first five bytes are a version and a checksum."""
    at = 0
    while at + _FIELD.size <= len(fields):
        kind, length = _FIELD.unpack_from(fields, at)
        at += _FIELD.size
        if kind == UNICODE_PATH and fields[at + 5 : at + length] != raw_name:
            raise BadZip(Fault.PATH, f"{decoded(raw_name, flags)} / {fields[at + 5 : at + length]!r}")
        at += length


def _read(file: BinaryIO, start: int, size: int) -> bytes:
    file.seek(start)
    return file.read(size)
