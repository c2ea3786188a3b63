"""Houses, villas, shops and barges from outside."""

from __future__ import annotations

from random import Random

from portal.sandbox.pictures.canvas import HEIGHT, WIDTH, Canvas, darker, lighter, mix
from portal.sandbox.pictures.facades import french_window, railing
from portal.sandbox.pictures.garden import cypress, hedge, hills, palm, sky, tree
from portal.sandbox.pictures.palettes import Palette


def shop(canvas: Canvas, palette: Palette, chance: Random) -> None:
    """A corner shop seen from the street, with room above it."""
    sky(canvas, palette, chance, 200)
    canvas.rect(60, 60, 740, 470, palette.wall)
    canvas.rect(50, 52, 750, 66, lighter(palette.wall, 0.4))
    for x in (150, 275, 400, 525, 650):
        french_window(canvas, palette, x, 98, 20, lit=chance.random() < 0.2)
        railing(canvas, palette, x, 156, 40)
    canvas.rect(84, 196, 716, 470, darker(palette.shutter, 0.35))
    for start, end in ((104, 330), (350, 450), (470, 696)):
        canvas.rect(start, 262, end, 456, lighter(palette.glass, 0.3))
        canvas.shape([(start, 380), (end, 270), (end, 262), (start, 262)], lighter(palette.glass, 0.5))
    for at in range(14):
        left = 84 + at * 632 / 14
        stripe = palette.cloth if at % 2 else lighter(palette.cloth, 0.7)
        canvas.shape([(left, 208), (left + 46, 208), (left + 50, 254), (left - 4, 254)], stripe)
    canvas.rect(0, 470, WIDTH, HEIGHT, palette.ground)
    for x in (92, 708):
        canvas.rect(x - 24, 436, x + 24, 486, darker(palette.wood, 0.1), 5)
        canvas.disc(x, 410, 34, palette.leaf)


def house(canvas: Canvas, palette: Palette, chance: Random) -> None:
    """A family house with a tiled roof and a garden."""
    sky(canvas, palette, chance, 400)
    hills(canvas, palette, chance, 380)
    canvas.rect(0, 396, WIDTH, HEIGHT, mix(palette.leaf, palette.ground, 0.35))
    left = chance.randint(180, 240)
    right = left + chance.randint(330, 390)
    middle, top = (left + right) / 2, 236
    tree(canvas, palette, left - 80, 424, 1.5)
    canvas.rect(left, top, right, 430, palette.wall)
    canvas.rect(right - 90, 150, right - 58, 230, darker(palette.wall, 0.2))
    canvas.shape(
        [(left - 26, top + 6), (middle - 80, 136), (middle + 80, 136), (right + 26, top + 6)], palette.roof
    )
    canvas.rect(left - 26, top + 2, right + 26, top + 12, darker(palette.roof, 0.2))
    for x in (left + 62, right - 62):
        french_window(canvas, palette, x, 286, 24)
    canvas.disc(middle, 196, 18, lighter(palette.wall, 0.4))
    canvas.disc(middle, 196, 12, palette.glass)
    canvas.rect(middle - 30, 300, middle + 30, 430, lighter(palette.wall, 0.45), 6)
    canvas.rect(middle - 23, 308, middle + 23, 430, palette.shutter, 4)
    canvas.disc(middle + 14, 372, 3, palette.sun)
    canvas.shape(
        [(middle - 28, 430), (middle + 28, 430), (middle + 120, HEIGHT), (middle - 120, HEIGHT)],
        palette.ground,
    )
    hedge(canvas, palette, -20, left - 20, 470, 44)
    hedge(canvas, palette, right + 30, 820, 470, 44)
    for x in range(int(left) - 10, int(right) + 20, 26):
        if abs(x - middle) > 60:
            canvas.disc(
                x, 438, 9, chance.choice((palette.cloth, lighter(palette.cloth), palette.sun, palette.leaf))
            )


def villa(canvas: Canvas, palette: Palette, chance: Random) -> None:
    """A white villa above the sea, with its pool."""
    sky(canvas, palette, chance, 300)
    canvas.fade(270, 360, palette.sea, lighter(palette.sea, 0.25), 10)
    canvas.rect(0, 352, WIDTH, HEIGHT, mix(palette.leaf, palette.ground, 0.55))
    white = lighter(palette.wall, 0.6)
    shift = chance.choice((0, 40, 80))
    cypress(canvas, palette, 700, 400, 220)
    cypress(canvas, palette, 746, 404, 180)
    canvas.rect(220 + shift, 158, 500 + shift, 260, white)
    canvas.rect(206 + shift, 148, 516 + shift, 162, darker(white, 0.12))
    canvas.rect(140 + shift, 258, 620 + shift, 392, white)
    canvas.rect(118 + shift, 248, 642 + shift, 264, darker(white, 0.12))
    panes = [
        (240, 178, 340, 248),
        (360, 178, 480, 248),
        (164, 280, 330, 392),
        (346, 280, 470, 392),
        (486, 280, 600, 392),
    ]
    for left, top, right, bottom in panes:
        canvas.rect(left + shift, top, right + shift, bottom, palette.glass)
        glint = [(left, bottom), (left + 50, top), (left + 78, top), (left + 28, bottom)]
        canvas.shape([(x + shift, y) for x, y in glint], lighter(palette.glass, 0.22))
    canvas.shape([(60, 400), (740, 400), (820, HEIGHT), (-20, HEIGHT)], lighter(palette.ground, 0.3))
    canvas.shape([(180, 424), (640, 424), (700, 506), (120, 506)], lighter(palette.ground, 0.75))
    canvas.shape([(192, 430), (628, 430), (680, 500), (140, 500)], lighter(palette.sea, 0.3))
    for y in (446, 466, 484):
        x = chance.randint(220, 420)
        canvas.line([(x, y), (x + 130, y)], lighter(palette.sea, 0.6), 2)
    palm(canvas, palette, 76, 440, 1.35)
    palm(canvas, palette, 726, 470, 1.1)


def barge(canvas: Canvas, palette: Palette, chance: Random) -> None:
    """A barge moored along a quay with plane trees."""
    sky(canvas, palette, chance, 330)
    for x in range(-30, 800, 118):
        block_top = chance.randint(120, 190)
        colour = mix(palette.wall, palette.horizon, 0.45)
        canvas.rect(x, block_top, x + 112, 300, colour)
        canvas.rect(x, block_top - 20, x + 112, block_top, mix(palette.roof, palette.horizon, 0.4))
        for at in range(12):
            left, top = x + 14 + at % 4 * 24, block_top + 16 + at // 4 * 34
            canvas.rect(left, top, left + 10, top + 20, mix(palette.glass, palette.horizon, 0.35))
    canvas.rect(0, 292, WIDTH, 352, darker(palette.ground, 0.15))
    for x in range(40, 800, 150):
        tree(canvas, palette, x, 306, 0.95)
    canvas.fade(350, HEIGHT, darker(palette.sea, 0.12), lighter(palette.sea, 0.12), 14)
    canvas.shape([(70, 372), (716, 372), (764, 350), (730, 440), (118, 440)], darker(palette.roof, 0.4))
    canvas.shape([(70, 372), (716, 372), (764, 350), (757, 366), (720, 386), (76, 386)], palette.cloth)
    canvas.rect(150, 318, 560, 374, lighter(palette.wall, 0.3), 6)
    canvas.rect(586, 300, 676, 374, palette.wood, 6)
    for x in range(172, 540, 56):
        canvas.rect(x, 332, x + 36, 358, palette.glass, 4)
    for x in (200, 330, 470):
        canvas.disc(x, 310, 16, palette.leaf)
    for _ in range(22):
        x, y = chance.randint(0, 780), chance.randint(446, 526)
        canvas.line([(x, y), (x + chance.randint(30, 90), y)], lighter(palette.sea, 0.3), 2)
