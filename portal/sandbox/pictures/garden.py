"""What stands around houses: skies, trees, palms, hedges, clouds."""

from __future__ import annotations

from random import Random

from portal.sandbox.pictures.canvas import WIDTH, Canvas, darker, lighter, mix
from portal.sandbox.pictures.palettes import Palette


def sky(canvas: Canvas, palette: Palette, chance: Random, horizon: float) -> None:
    canvas.fade(0, horizon, palette.sky, palette.horizon)
    x, y = chance.randint(90, 710), chance.randint(60, 130)
    canvas.disc(x, y, 46, mix(palette.sky, palette.sun, 0.5))
    canvas.disc(x, y, 32, palette.sun)
    for _ in range(chance.randint(1, 3)):
        cloud(canvas, palette, chance.randint(60, 740), chance.randint(40, 170), chance.uniform(0.6, 1.2))


def cloud(canvas: Canvas, palette: Palette, x: float, y: float, size: float) -> None:
    white = lighter(palette.horizon, 0.55)
    canvas.rect(x - 62 * size, y - 9 * size, x + 62 * size, y + 9 * size, white, 9 * size)
    canvas.disc(x - 18 * size, y - 9 * size, 20 * size, white)
    canvas.disc(x + 16 * size, y - 7 * size, 15 * size, white)


def tree(canvas: Canvas, palette: Palette, x: float, foot: float, size: float) -> None:
    canvas.rect(x - 4 * size, foot - 70 * size, x + 4 * size, foot, darker(palette.wood))
    canvas.disc(x, foot - 96 * size, 40 * size, darker(palette.leaf, 0.12), 1.15)
    canvas.disc(x - 10 * size, foot - 106 * size, 26 * size, palette.leaf, 1.1)
    canvas.disc(x + 12 * size, foot - 86 * size, 16 * size, lighter(palette.leaf, 0.12))


def cypress(canvas: Canvas, palette: Palette, x: float, foot: float, height: float) -> None:
    canvas.disc(x, foot - height / 2, height / 9, darker(palette.leaf, 0.3), 4.5)
    canvas.disc(x - height / 30, foot - height / 2, height / 16, darker(palette.leaf, 0.15), 6)


def palm(canvas: Canvas, palette: Palette, x: float, foot: float, size: float) -> None:
    top = foot - 170 * size
    canvas.line([(x, foot), (x + 6 * size, foot - 90 * size), (x + 2 * size, top)], palette.wood, 9 * size)
    for reach, drop in ((-78, 30), (-60, -12), (-34, -44), (34, -44), (60, -12), (78, 30)):
        tip = (x + reach * size, top + drop * size)
        bend = (x + reach * 0.55 * size, top + (drop - 34) * size)
        under = (x + reach * 0.5 * size, top + (drop - 12) * size)
        canvas.shape([(x, top), bend, tip, under], darker(palette.leaf, 0.08 if reach < 0 else 0.2))


def hedge(canvas: Canvas, palette: Palette, left: float, right: float, foot: float, height: float) -> None:
    canvas.rect(left, foot - height, right, foot, darker(palette.leaf, 0.15), height / 2.5)
    canvas.rect(left + 6, foot - height, right - 6, foot - height * 0.55, palette.leaf, height / 4)


def hills(canvas: Canvas, palette: Palette, chance: Random, horizon: float) -> None:
    for depth in (0.65, 0.45):
        colour = mix(palette.leaf, palette.horizon, depth)
        x = -120
        while x < WIDTH + 120:
            width = chance.randint(160, 300)
            canvas.disc(x, horizon + 26, width, colour, chance.uniform(0.28, 0.5) * (1.3 - depth))
            x += width
