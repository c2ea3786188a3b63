"""Pictures are painted anew: what comes out holds the same pixels, and nothing else that was in the file."""

import struct
import tempfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any, BinaryIO

from django.utils.translation import gettext_lazy as _
from PIL import GifImagePlugin, Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from support.attachments.kinds import GIF, JPEG, PNG, WEBP, Kind
from support.attachments.refusals import DAMAGED, Refused

MOST_PIXELS = 25_000_000
"""Three screens of 4K side by side, or a telephone's photograph. Each takes four bytes, twice while it is turned."""
MOST_OF_A_PHOTOGRAPH = 4 * MOST_PIXELS
"""JPEG can be read at half its width and height without the other pixels ever being in memory, but for a
progressive one."""
THUMBNAIL = (320, 320)

TOO_MANY_PIXELS = _("The picture has more than 25 million pixels. Make it smaller first.")
ANIMATED = _("Moving pictures are not taken. Send a film as MP4, or a single picture.")

_READERS: Mapping[Kind, Callable[[IO[bytes]], Image.Image]] = {
    PNG: PngImagePlugin.PngImageFile,
    JPEG: JpegImagePlugin.JpegImageFile,
    GIF: GifImagePlugin.GifImageFile,
    WEBP: WebPImagePlugin.WebPImageFile,
}
"""Asked by name: Pillow guesses no other format then, and its own limit, one for all threads, has no part in it."""
_MODES: Mapping[Kind, tuple[str, ...]] = {
    PNG: ("1", "L", "LA", "P", "RGB", "RGBA"),
    JPEG: ("L", "RGB"),
    GIF: ("1", "L", "P"),
    WEBP: ("RGB", "RGBA"),
}
_OPTIONS: Mapping[Kind, dict[str, Any]] = {
    PNG: {"format": "PNG"},
    JPEG: {"format": "JPEG", "quality": 90},
    GIF: {"format": "GIF"},
    WEBP: {"format": "WEBP", "quality": 90, "method": 2},
}
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    struct.error,
    zlib.error,
    UserWarning,
)
"""What Pillow's readers raise over files that are not what they begin as."""
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class Painted:
    """`body` is a temporary file that whoever takes it closes; `thumbnail` is WebP."""

    body: IO[bytes]
    thumbnail: bytes
    width: int
    height: int


def paint(file: BinaryIO, kind: Kind) -> Painted:
    """The picture anew, in the same format, upright, without any metadata. Raises `Refused`."""
    file.seek(0)
    try:
        with _READERS[kind](file) as found:
            image = _pixels(found, kind)
            return _painted(image, kind)
    except _BOMB as bomb:
        raise Refused(TOO_MANY_PIXELS) from bomb
    except _BROKEN as broken:
        raise Refused(DAMAGED) from broken


def _pixels(image: Image.Image, kind: Kind) -> Image.Image:
    pixels = image.width * image.height
    may_be_halved = kind is JPEG and not image.info.get("progressive")
    if pixels > (MOST_OF_A_PHOTOGRAPH if may_be_halved else MOST_PIXELS):
        raise Refused(TOO_MANY_PIXELS)
    if getattr(image, "is_animated", False):
        raise Refused(ANIMATED)
    if pixels > MOST_PIXELS:
        image.draft(image.mode, (image.width // 2, image.height // 2))
        if image.width * image.height > MOST_PIXELS:
            raise Refused(TOO_MANY_PIXELS)
    image.load()
    turn = _TURNS.get(_orientation(image))
    transparency = image.info.get("transparency")
    if turn is not None:
        turned = image.transpose(turn)
        image.close()
        image = turned
    image.info = {} if transparency is None else {"transparency": transparency}
    return image if image.mode in _MODES[kind] else _converted(image, kind)


def _converted(image: Image.Image, kind: Kind) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        return image.convert("F").point(lambda value: value / 256).convert("L")
    has_alpha = image.has_transparency_data and "RGBA" in _MODES[kind]
    mode = "RGBA" if has_alpha else "RGB"
    return image.convert(mode if mode in _MODES[kind] else "P")


def _orientation(image: Image.Image) -> int:
    """How a camera was held; 1 where that cannot be read, which spoils no picture."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except _BROKEN:
        return 1


def _painted(image: Image.Image, kind: Kind) -> Painted:
    body = tempfile.TemporaryFile()  # noqa: SIM115  # the caller closes it
    try:
        image.save(body, **_OPTIONS[kind])
        width, height = image.size
        return Painted(body, _thumbnail(image), width, height)
    except BaseException:
        body.close()
        raise


def _thumbnail(image: Image.Image) -> bytes:
    """The picture itself becomes small: a second one of its size would take as much memory again."""
    if image.mode in ("1", "P"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail(THUMBNAIL)
    small = image.convert("RGBA" if image.has_transparency_data else "RGB")
    small.info = {}
    target = BytesIO()
    small.save(target, format="WEBP", quality=80)
    return target.getvalue()
