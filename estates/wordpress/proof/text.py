"""Bytes of a page as text, whatever they claim to be, and text as it is compared."""

import codecs
import re
import unicodedata

SNIFFED = 4096
_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE)
_IN_HEADER = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE)
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\u00ad"), "-") | {ord("’"): "'"}
_MARKS = re.compile("[\u0300-\u036f]+")
_SPACES = re.compile(r"[^\S\n]+")


def decoded(body: bytes, content_type: str = "") -> str:
    """The text of a page without NULs. A charset that does not fit is not believed: then UTF-8, then cp1252."""
    claims = [_IN_HEADER.search(content_type), _DECLARED.search(body[:SNIFFED])]
    names = [claim[1] for claim in claims if claim]
    for name in (_marked(body), *(n.decode() if isinstance(n, bytes) else n for n in names), "utf-8"):
        text = _read(body, name) if name else None
        if text is not None:
            return text.replace("\0", "")
    return body.decode("cp1252", "replace").replace("\0", "")


def folded(text: str) -> str:
    """Lower case without accents, dashes and spaces of one kind; lines stay lines, punctuation stays."""
    plain = unicodedata.normalize("NFKD", text.translate(_DASHES)).casefold()
    return _SPACES.sub(" ", _MARKS.sub("", plain)).strip()


def _marked(body: bytes) -> str:
    marks = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
    return next((name for mark, name in marks if body.startswith(mark)), "")


def _read(body: bytes, name: str) -> str | None:
    """None where the bytes are something else."""
    # Pages that say ISO-8859-1 are read as cp1252: so do browsers (WHATWG Encoding, labels).
    label = "cp1252" if name.lower() in ("iso-8859-1", "latin1", "us-ascii", "ascii") else name
    try:
        return body.decode(label)
    except UnicodeDecodeError as error:
        # The last letter of a page that was cut may be cut in two.
        is_cut = len(body) > SNIFFED and error.start >= len(body) - 3
        return body[: error.start].decode(label) if is_cut else None
    except (LookupError, ValueError):
        return None
