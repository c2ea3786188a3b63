"""Land for sale, and what one sees from a terrace."""

from __future__ import annotations

from random import Random

from portal.sandbox.pictures.canvas import HEIGHT, WIDTH, Canvas, darker, lighter, mix
from portal.sandbox.pictures.facades import railing
from portal.sandbox.pictures.garden import cypress, hills, palm, sky, tree
from portal.sandbox.pictures.palettes import Palette


def land(canvas: Canvas, palette: Palette, chance: Random) -> None:
    """Meadows in perspective, a lane, a fence."""
    sky(canvas, palette, chance, 300)
    hills(canvas, palette, chance, 270)
    meadow = mix(palette.leaf, palette.sun, 0.3)
    canvas.rect(0, 276, WIDTH, HEIGHT, meadow)
    for at in range(-6, 7):
        colour = mix(meadow, palette.leaf, 0.35 if at % 2 else 0.12)
        near = 400 + at * 210
        canvas.shape(
            [(400 + at * 40, 276), (440 + at * 40, 276), (near + 210, HEIGHT), (near, HEIGHT)], colour
        )
    lane = chance.choice((150, 560))
    canvas.shape(
        [(390, 276), (404, 276), (lane + 110, HEIGHT), (lane - 50, HEIGHT)], lighter(palette.ground, 0.2)
    )
    for x in (64, 150, 668, 738):
        tree(canvas, palette, x, 300 + chance.randint(0, 26), chance.uniform(0.7, 1.2))
    cypress(canvas, palette, chance.randint(230, 330), 306, 120)
    for x in range(20, WIDTH, 92):
        canvas.rect(x, 424, x + 9, 494, darker(palette.wood, 0.2))
    for y in (438, 464):
        canvas.line([(0, y), (WIDTH, y)], darker(palette.wood, 0.1), 5)


def sea_view(canvas: Canvas, palette: Palette, chance: Random) -> None:
    """The bay from a terrace, with sails."""
    sky(canvas, palette, chance, 260)
    for x, width in ((0, 260), (760, 210)):
        canvas.disc(x, 262, width, mix(palette.leaf, palette.horizon, 0.45), 0.4)
    canvas.fade(256, 440, lighter(palette.sea, 0.12), palette.sea, 16)
    for _ in range(chance.randint(3, 5)):
        x, y = chance.randint(180, 660), chance.randint(286, 380)
        size = (y - 230) / 110
        sail = [(x, y - 44 * size), (x, y - 4 * size), (x + 26 * size, y - 4 * size)]
        canvas.shape(sail, lighter(palette.horizon, 0.6))
        canvas.shape(
            [
                (x - 20 * size, y),
                (x + 26 * size, y),
                (x + 16 * size, y + 8 * size),
                (x - 12 * size, y + 8 * size),
            ],
            darker(palette.roof, 0.2),
        )
    terrace(canvas, palette)
    palm(canvas, palette, chance.choice((70, 730)), 480, 1.5)


def roofs_view(canvas: Canvas, palette: Palette, chance: Random) -> None:
    """Roofs of the old town from a terrace."""
    sky(canvas, palette, chance, 320)
    hills(canvas, palette, chance, 260)
    for row, base in enumerate((290, 340, 390)):
        x = -40 + chance.randint(0, 40)
        while x < WIDTH:
            width, height = chance.randint(80, 130), chance.randint(30, 80)
            wall = mix(palette.wall, palette.horizon, 0.5 - row * 0.2)
            canvas.rect(x, base - height, x + width, 450, wall)
            roof = mix(palette.roof, palette.horizon, 0.4 - row * 0.17)
            top = base - height
            canvas.shape([(x - 6, top), (x + width / 2, top - 30), (x + width + 6, top)], roof)
            for at in range(2):
                left = x + 18 + at * width / 2
                canvas.rect(left, top + 16, left + 14, top + 38, mix(palette.glass, wall, 0.3))
            x += width + 4
    canvas.rect(380, 150, 420, 300, mix(palette.wall, palette.horizon, 0.3))
    canvas.shape([(372, 150), (400, 84), (428, 150)], mix(palette.roof, palette.horizon, 0.2))
    terrace(canvas, palette)


def terrace(canvas: Canvas, palette: Palette) -> None:
    """Balustrade, tiled floor, a table with two chairs."""
    canvas.rect(0, 440, WIDTH, HEIGHT, lighter(palette.ground, 0.25))
    for x in range(40, 820, 80):
        railing(canvas, palette, x, 440, 40)
    canvas.line([(0, 418), (WIDTH, 418)], darker(palette.roof, 0.4), 5)
    for x, side in ((318, 1), (482, -1)):
        canvas.line(
            [(x - side * 26, 396), (x - side * 18, 468), (x - side * 24, 520)], darker(palette.wood, 0.3), 5
        )
        canvas.line([(x - side * 18, 466), (x + side * 22, 466), (x + side * 26, 520)], palette.wood, 6)
    canvas.disc(400, 436, 58, lighter(palette.wood, 0.2), 0.22)
    canvas.line([(400, 440), (400, 516)], darker(palette.wood, 0.3), 6)
    canvas.rect(388, 408, 400, 434, palette.cloth, 4)
    canvas.disc(418, 428, 8, palette.sun)
