"""The kinds of files that go with a ticket. Whatever is not listed here is not taken."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HEAD = 64
"""Bytes from the beginning of a file that tell its kind."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`family` says how it is examined: picture, pdf, film, text, json, office."""

    extension: str
    mime_type: str
    family: str


_OPEN_XML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"

PNG = Kind("png", "image/png", "picture")
JPEG = Kind("jpg", "image/jpeg", "picture")
GIF = Kind("gif", "image/gif", "picture")
WEBP = Kind("webp", "image/webp", "picture")
PDF = Kind("pdf", "application/pdf", "pdf")
MP4 = Kind("mp4", "video/mp4", "film")

KINDS = {
    "png": PNG,
    "jpg": JPEG,
    "jpeg": JPEG,
    "gif": GIF,
    "webp": WEBP,
    "pdf": PDF,
    "txt": Kind("txt", "text/plain", "text"),
    "log": Kind("log", "text/plain", "text"),
    "csv": Kind("csv", "text/csv", "text"),
    "json": Kind("json", "application/json", "json"),
    "docx": Kind("docx", f"{_OPEN_XML}.wordprocessingml.document", "office"),
    "xlsx": Kind("xlsx", f"{_OPEN_XML}.spreadsheetml.sheet", "office"),
    "pptx": Kind("pptx", f"{_OPEN_XML}.presentationml.presentation", "office"),
    "odt": Kind("odt", f"{_ODF}.text", "office"),
    "ods": Kind("ods", f"{_ODF}.spreadsheet", "office"),
    "mp4": MP4,
}
"""By the ending of a name, in small letters."""

TAKEN = _("PNG, JPEG, GIF or WebP pictures, PDF, text, CSV, JSON, Word, Excel, PowerPoint, ODT, ODS and MP4")

_ARCHIVE = _("Archives are not taken. Send the files one by one.")
_PROGRAM = _("Files that may hold a program are not taken. A picture of the screen tells as much.")
_OLD = _("This old format may hold macros and is not taken. Save it as DOCX, XLSX, PPTX or PDF first.")
_MACROS = _("Documents with macros are not taken. Save it without them, or as PDF.")
HEIC = _("HEIC pictures are not taken. Send the picture as JPEG, as phones do on request.")
SPECIAL = {
    **dict.fromkeys(("zip", "7z", "rar", "tar", "gz", "tgz", "bz2", "xz"), _ARCHIVE),
    **dict.fromkeys(("svg", "html", "htm", "xhtml", "xml", "js", "php", "exe", "bat", "cmd", "sh"), _PROGRAM),
    **dict.fromkeys(("doc", "xls", "ppt"), _OLD),
    **dict.fromkeys(("docm", "xlsm", "pptm", "dotm"), _MACROS),
    **dict.fromkeys(("heic", "heif"), HEIC),
}
"""Endings that people are likely to try, and what to do instead."""

_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
_STARTS = ((b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG), (b"%PDF-", PDF))


def other_words(ending: str) -> str | Promise:
    """Why a name with this ending is not taken."""
    if ending in SPECIAL:
        return SPECIAL[ending]
    said = {"ending": ending[:10], "taken": TAKEN}
    return _("Files ending in .%(ending)s are not taken; these are: %(taken)s.") % said


def kind_of(head: bytes) -> Kind | None:
    """The kind that the first bytes tell, None where they tell none: texts, archives, all others."""
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return GIF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    return MP4 if head[4:8] == b"ftyp" and not is_heic(head) else None


def is_heic(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS
