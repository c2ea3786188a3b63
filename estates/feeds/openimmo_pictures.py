"""The pictures among the `anhang` elements of an `immobilie`."""

from __future__ import annotations

from functools import lru_cache
from xml.etree.ElementTree import Element

from estates.feeds.listing import Picture
from estates.feeds.names import LOCAL
from estates.feeds.openimmo_words import PICTURE_GROUPS
from estates.feeds.outcomes import Note
from estates.feeds.reasons import Oddity

ENDINGS = ("jpg", "jpeg", "png", "gif", "webp", "bmp", "tif", "tiff")
PATH = "anhaenge/anhang"


def pictures_of(listing: Element, notes: list[Note]) -> tuple[Picture, ...]:
    """In the file's order, below `anhaenge` or straight below the listing."""
    found = []
    for child in listing:
        name = LOCAL[child.tag]
        if name == "anhaenge":
            found += [_picture(item, notes) for item in child if LOCAL[item.tag] == "anhang"]
        elif name == "anhang":
            found.append(_picture(child, notes))
    return tuple([picture for picture in found if picture is not None])


def _picture(item: Element, notes: list[Note]) -> Picture | None:
    names = _names_beside(item.tag)
    data = item.find(names[0])
    if data is not None and (address := data.findtext(names[1])):
        address, title, form, inside = address.strip(), item.findtext(names[2], "").strip(), names[3], False
    else:
        address, title, form, inside = _content(item)
    group = item.get("gruppe", "").strip().upper()
    if group not in PICTURE_GROUPS and (group or not _says_picture(item.findtext(form, ""), address)):
        return None
    if not address:
        notes.append(Note(Oddity.PICTURE_INSIDE if inside else Oddity.PICTURE_WITHOUT_ADDRESS, PATH, title))
    return Picture(address=address, title=title, group=group) if address or inside else None


@lru_cache(maxsize=64)
def _names_beside(tag: str) -> tuple[str, ...]:
    """The names of what an `anhang` usually holds, in the namespace that it has itself."""
    space = tag.removesuffix("anhang")
    return tuple(space + name for name in ("daten", "pfad", "anhangtitel", "format"))


def _content(item: Element) -> tuple[str, str, str, bool]:
    """(address, title, the tag of the format, whether the picture is inside), in any namespace and place."""
    parts = {LOCAL[child.tag]: child for child in item}
    if (data := parts.get("daten")) is not None:
        parts |= {LOCAL[child.tag]: child for child in data}
    address, title = [
        (parts[name].text or "").strip() if name in parts else "" for name in ("pfad", "anhangtitel")
    ]
    form = parts["format"].tag if "format" in parts else "format"
    return address, title, form, bool("anhanginhalt" in parts and parts["anhanginhalt"].text)


def _says_picture(form: str, address: str) -> bool:
    """Where no group is said: `image/jpeg`, `JPG`, or an address that ends so."""
    return "image/" in form.lower() or any(
        said.rpartition(".")[2].strip().lower() in ENDINGS for said in (form, address.partition("?")[0])
    )
