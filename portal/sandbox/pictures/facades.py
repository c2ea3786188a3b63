"""Blocks of flats from the street: an old one with a mansard roof, a new one with planted balconies."""

from __future__ import annotations

from random import Random

from portal.sandbox.pictures.canvas import HEIGHT, WIDTH, Canvas, darker, lighter, mix
from portal.sandbox.pictures.garden import hedge, sky, tree
from portal.sandbox.pictures.palettes import Palette


def flats(canvas: Canvas, palette: Palette, chance: Random) -> None:
    """A block in a street of tall houses: mansard, balconies, shutters."""
    sky(canvas, palette, chance, 460)
    for left, right, top in ((-20, 190, 150), (610, 820, 120)):
        block(canvas, palette, chance, (left, top, right), mix(palette.wall, palette.roof, 0.28), columns=3)
    block(canvas, palette, chance, (170, 108, 630), palette.wall, columns=chance.choice((5, 6, 7)))
    canvas.rect(0, 470, WIDTH, HEIGHT, palette.ground)
    canvas.rect(0, 498, WIDTH, HEIGHT, darker(palette.ground, 0.35))
    for x in (80, 400 + chance.choice((-190, 190)), 724):
        tree(canvas, palette, x, 492, chance.uniform(0.8, 1.1))


def block(
    canvas: Canvas,
    palette: Palette,
    chance: Random,
    place: tuple[float, float, float],
    wall: tuple[int, int, int],
    columns: int,
) -> None:
    left, top, right = place
    canvas.shape(
        [(left - 4, top), (left + 22, top - 58), (right - 22, top - 58), (right + 4, top)], palette.roof
    )
    for x in range(int(left) + 50, int(right) - 40, 130):
        canvas.rect(x, top - 84, x + 26, top - 50, darker(palette.roof, 0.2))
    canvas.rect(left, top, right, 474, wall)
    canvas.rect(left - 6, top - 3, right + 6, top + 6, lighter(wall, 0.4))
    step = (right - left) / columns
    for column in range(columns):
        middle = left + step * (column + 0.5)
        canvas.rect(middle - 12, top - 44, middle + 12, top - 12, lighter(wall, 0.4), 5)
        canvas.rect(middle - 8, top - 38, middle + 8, top - 12, palette.glass, 3)
        for floor, y in enumerate((top + 28, top + 112, top + 196)):
            french_window(canvas, palette, middle, y, min(15, step / 4), lit=chance.random() < 0.15)
            if floor != 1:
                railing(canvas, palette, middle, y + 58, step * 0.42)
    shopfront(canvas, palette, (left + 8, 404, right - 8), columns)


def french_window(
    canvas: Canvas, palette: Palette, x: float, y: float, half: float, *, lit: bool = False
) -> None:
    canvas.rect(x - half - 10, y, x - half, y + 58, palette.shutter)
    canvas.rect(x + half, y, x + half + 10, y + 58, palette.shutter)
    canvas.rect(x - half, y, x + half, y + 58, palette.sun if lit else palette.glass)
    canvas.shape(
        [(x - half, y + 30), (x + half, y + 6), (x + half, y), (x - half, y)], lighter(palette.glass, 0.25)
    )
    canvas.line([(x, y), (x, y + 58)], lighter(palette.wall, 0.5), 2)


def railing(canvas: Canvas, palette: Palette, x: float, y: float, half: float) -> None:
    iron = darker(palette.roof, 0.45)
    canvas.line([(x - half, y - 20), (x + half, y - 20)], iron, 2)
    canvas.rect(x - half, y, x + half, y + 4, lighter(palette.wall, 0.3))
    for bar in range(9):
        at = x - half + bar * half / 4
        canvas.line([(at, y - 20), (at, y)], iron, 1)


def shopfront(canvas: Canvas, palette: Palette, place: tuple[float, float, float], columns: int) -> None:
    left, top, right = place
    canvas.rect(left, top, right, 474, darker(palette.shutter, 0.3))
    step = (right - left) / columns
    for column in range(columns):
        x = left + step * column
        canvas.rect(x + 8, top + 16, x + step - 8, 474, lighter(palette.glass, 0.15))
        stripe = palette.cloth if column % 2 else lighter(palette.cloth, 0.65)
        canvas.shape([(x, top), (x + step, top), (x + step + 4, top + 20), (x - 4, top + 20)], stripe)


def residence(canvas: Canvas, palette: Palette, chance: Random) -> None:
    """A recent block among trees, with wide balconies."""
    sky(canvas, palette, chance, 470)
    canvas.rect(0, 446, WIDTH, HEIGHT, mix(palette.leaf, palette.ground, 0.4))
    left = chance.randint(120, 200)
    right = left + chance.randint(400, 470)
    white, facing = lighter(palette.wall, 0.55), chance.choice((palette.wood, palette.shutter, palette.cloth))
    tree(canvas, palette, left - 70, 468, 1.7)
    canvas.rect(left + 60, 66, right - 60, 130, facing)
    canvas.rect(left + 46, 58, right - 46, 70, darker(facing, 0.3))
    canvas.rect(left, 122, right, 462, white)
    core = left + (right - left) * chance.choice((0.36, 0.5, 0.64))
    canvas.rect(core - 30, 122, core + 30, 462, facing)
    for top in (144, 222, 300):
        for at in range(4):
            x = left + 26 + at * (right - left - 52) / 4
            if abs(x + 42 - core) > 58:
                canvas.rect(
                    x, top, x + 76, top + 52, palette.sun if chance.random() < 0.12 else palette.glass
                )
                canvas.line([(x + 38, top), (x + 38, top + 52)], white, 3)
                balcony(canvas, palette, chance, x, top + 54)
    canvas.rect(core - 20, 384, core + 20, 462, lighter(palette.glass, 0.3), 3)
    for x in (left + 40, right - 130):
        canvas.rect(x, 386, x + 90, 440, lighter(palette.glass, 0.1), 3)
    path = [(core - 24, 462), (core + 24, 462), (core + 90, HEIGHT), (core - 90, HEIGHT)]
    canvas.shape(path, lighter(palette.ground, 0.2))
    hedge(canvas, palette, -20, core - 90, 502, 38)
    hedge(canvas, palette, core + 90, 820, 502, 38)
    tree(canvas, palette, right + 70, 476, 1.3)


def balcony(canvas: Canvas, palette: Palette, chance: Random, x: float, y: float) -> None:
    canvas.rect(x - 8, y - 20, x + 84, y, lighter(palette.glass, 0.5))
    canvas.rect(x - 8, y, x + 84, y + 6, darker(palette.wall, 0.15))
    for at in (8, 30, 56):
        if chance.random() < 0.5:
            canvas.disc(x + at, y - 22, chance.uniform(7, 12), palette.leaf)
