"""Which picture of an estate shows what, and the drawing itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from random import Random

from portal.sandbox.pictures import exteriors, facades, interiors, views
from portal.sandbox.pictures.canvas import Canvas
from portal.sandbox.pictures.palettes import PALETTES, Palette

Scene = Callable[[Canvas, Palette, Random], None]
FRONTS: dict[str, tuple[Scene, ...]] = {
    "flats": (facades.flats, facades.residence),
    "house": (exteriors.house,),
    "villa": (exteriors.villa,),
    "shop": (exteriors.shop,),
    "barge": (exteriors.barge,),
    "land": (views.land,),
}
ROOMS: tuple[Scene, ...] = (interiors.living, interiors.kitchen, interiors.bedroom, interiors.bathroom)
OUTLOOKS: tuple[Scene, ...] = (views.roofs_view, views.sea_view)
PICTURES_KEPT = 128


def scene(front: str, estate_id: str, number: int) -> Scene:
    """The front first, then the rooms, then what one sees from there; land shows only itself."""
    if number == 1 or front == "land":
        return Random(f"{estate_id}:front").choice(FRONTS[front])
    turn = (number - 2) % (len(ROOMS) + 1)
    if turn < len(ROOMS):
        return ROOMS[turn]
    return views.sea_view if front == "villa" else Random(f"{estate_id}:outlook").choice(OUTLOOKS)


@lru_cache(maxsize=PICTURES_KEPT)
def draw(front: str, estate_id: str, number: int, width: int) -> bytes:
    """A JPEG; each estate keeps one palette through all its pictures."""
    palette = PALETTES[Random(estate_id).randrange(len(PALETTES))]
    canvas = Canvas(palette.horizon)
    scene(front, estate_id, number)(canvas, palette, Random(f"{estate_id}:{number}"))
    return canvas.jpeg(width)
