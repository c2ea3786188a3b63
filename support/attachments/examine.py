"""Whether a file may go with a ticket: the ending of its name is on the list, and its content is of that kind."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import SEEK_END
from typing import IO, BinaryIO, cast

from django.utils.translation import gettext_lazy as _

from support.attachments.documents import check_office, check_pdf
from support.attachments.films import check_film
from support.attachments.kinds import HEAD, HEIC, KINDS, Kind, is_heic, kind_of, other_words
from support.attachments.names import ending_of, harmless_name, plain_name
from support.attachments.pictures import paint
from support.attachments.refusals import OTHER_CONTENT, Refused
from support.attachments.texts import check_json, check_text, pieces

EMPTY = _("It is empty.")
NO_ENDING = _("Its name has no ending that says what it is, such as .pdf or .txt.")


@dataclass(frozen=True, slots=True)
class Examined:
    """A harmless file: `body` is what is kept of it, `size` in bytes, `thumbnail` WebP or b""."""

    name: str
    kind: Kind
    body: IO[bytes]
    size: int
    sha256: str
    width: int = 0
    height: int = 0
    thumbnail: bytes = b""


_CHECKS: Mapping[str, Callable[[BinaryIO, Kind], None]] = {
    "pdf": lambda file, kind: check_pdf(file),
    "film": lambda file, kind: check_film(file),
    "text": lambda file, kind: check_text(file),
    "json": lambda file, kind: check_json(file),
    "office": check_office,
}


@contextmanager
def examined(file: BinaryIO, name: str) -> Iterator[Examined]:
    """The file as it may be kept, as long as the block lasts. Raises `Refused`.

    Reads in pieces; only a picture is in memory as a whole, as pixels.
    """
    kind = _kind(file, name)
    harmless = harmless_name(name, kind.extension, _endings(kind))
    if kind.family != "picture":
        _CHECKS[kind.family](file, kind)
        yield Examined(harmless, kind, file, *_measured(file))
        return
    painted = paint(file, kind)
    with painted.body as body:
        yield Examined(
            harmless,
            kind,
            body,
            *_measured(cast(BinaryIO, body)),
            painted.width,
            painted.height,
            painted.thumbnail,
        )


def _kind(file: BinaryIO, name: str) -> Kind:
    """What the name and the first bytes agree on; among pictures the bytes decide."""
    if not file.seek(0, SEEK_END):
        raise Refused(EMPTY)
    file.seek(0)
    head = file.read(HEAD)
    ending = ending_of(plain_name(name))
    if ending and ending not in KINDS:
        raise Refused(other_words(ending))
    if is_heic(head):
        raise Refused(HEIC)
    found, announced = kind_of(head), KINDS.get(ending)
    if announced is None:
        if found is None:
            raise Refused(NO_ENDING)
        return found
    if announced.family != "picture":
        return announced
    if found is None or found.family != "picture":
        raise Refused(OTHER_CONTENT)
    return found


def _endings(kind: Kind) -> frozenset[str]:
    """All endings that a file of this kind may have come with."""
    if kind.family != "picture":
        return frozenset({kind.extension})
    return frozenset(ending for ending, known in KINDS.items() if known.family == "picture")


def _measured(file: BinaryIO) -> tuple[int, str]:
    """Its size in bytes, and its SHA-256 in hex."""
    size, digest = file.seek(0, SEEK_END), hashlib.sha256()
    for piece in pieces(file):
        digest.update(piece)
    return size, digest.hexdigest()
