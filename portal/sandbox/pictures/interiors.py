"""Rooms: living room, bedroom, kitchen, bathroom."""

from __future__ import annotations

from random import Random

from portal.sandbox.pictures.canvas import HEIGHT, WIDTH, Canvas, darker, lighter, mix
from portal.sandbox.pictures.palettes import Palette


def living(canvas: Canvas, palette: Palette, chance: Random) -> None:
    room(canvas, palette)
    window(canvas, palette, 90, 70, 330, 340)
    picture(canvas, palette, 500 + chance.randint(-30, 30), 120)
    canvas.shape([(230, 470), (690, 470), (760, 520), (160, 520)], lighter(palette.cloth, 0.55))
    sofa(canvas, palette, 400, 300)
    canvas.rect(308, 440, 470, 452, darker(palette.wood, 0.15), 5)
    canvas.line([(326, 452), (318, 490)], darker(palette.wood, 0.35), 4)
    canvas.line([(452, 452), (460, 490)], darker(palette.wood, 0.35), 4)
    canvas.disc(380, 432, 14, palette.shutter, 0.7)
    lamp(canvas, palette, 742)
    plant(canvas, palette, 54, 430)


def bedroom(canvas: Canvas, palette: Palette, chance: Random) -> None:
    room(canvas, palette)
    canvas.rect(250, 0, 640, 400, mix(palette.shutter, palette.wall, 0.55))
    window(canvas, palette, 40, 80, 200, 330)
    canvas.rect(270, 200, 620, 400, darker(palette.wood, 0.1), 14)
    canvas.rect(262, 330, 628, 452, lighter(palette.wall, 0.7), 16)
    canvas.rect(262, 378, 628, 470, palette.cloth, 16)
    canvas.rect(262, 378, 628, 400, lighter(palette.cloth, 0.3), 8)
    for left in (292, 456):
        canvas.rect(left, 292, left + 140, 350, lighter(palette.horizon, 0.5), 22)
    for x in (216, 676):
        canvas.rect(x - 30, 390, x + 30, 456, palette.wood, 5)
        canvas.rect(x - 4, 350, x + 4, 390, darker(palette.roof))
        canvas.shape([(x - 26, 352), (x - 15, 312), (x + 15, 312), (x + 26, 352)], palette.sun)
    picture(canvas, palette, 446 + chance.randint(-20, 20), 74)


def kitchen(canvas: Canvas, palette: Palette, chance: Random) -> None:
    room(canvas, palette)
    front = chance.choice((palette.shutter, palette.leaf, palette.roof, lighter(palette.wood, 0.3)))
    canvas.rect(40, 60, 330, 180, front, 4)
    canvas.rect(520, 60, 760, 180, front, 4)
    for x in (136, 232, 600, 680):
        canvas.line([(x, 60), (x, 180)], darker(front, 0.2), 2)
    window(canvas, palette, 356, 60, 494, 236)
    canvas.rect(40, 262, 760, 280, lighter(palette.ground, 0.55), 3)
    canvas.rect(40, 280, 760, 410, front)
    for x in range(160, 760, 120):
        canvas.line([(x, 280), (x, 410)], darker(front, 0.2), 2)
        canvas.line([(x - 80, 302), (x - 40, 302)], lighter(front, 0.6), 3)
    canvas.rect(120, 232, 190, 262, palette.cloth, 8)
    canvas.disc(640, 252, 26, darker(palette.wood, 0.1), 0.4)
    for x, colour in ((628, palette.cloth), (642, palette.sun), (654, palette.leaf)):
        canvas.disc(x, 240, 10, colour)
    canvas.rect(190, 410, 610, 432, palette.wood, 4)
    canvas.rect(206, 432, 594, HEIGHT, lighter(palette.wall, 0.35))
    for x in (270, 400, 530):
        canvas.line([(x, 0), (x, 96)], darker(palette.roof, 0.4), 2)
        canvas.shape([(x - 26, 122), (x - 9, 94), (x + 9, 94), (x + 26, 122)], darker(palette.roof, 0.3))
        canvas.rect(x - 28, 452, x + 28, 464, darker(palette.wood, 0.3), 5)
        canvas.line([(x - 18, 462), (x - 24, HEIGHT)], darker(palette.wood, 0.4), 4)
        canvas.line([(x + 18, 462), (x + 24, HEIGHT)], darker(palette.wood, 0.4), 4)


def bathroom(canvas: Canvas, palette: Palette, chance: Random) -> None:
    room(canvas, palette)
    tile = lighter(palette.sea, 0.55)
    canvas.rect(0, 190, WIDTH, 400, tile)
    for x in range(0, WIDTH, 50):
        canvas.line([(x, 190), (x, 400)], lighter(tile, 0.45), 2)
    for y in range(190, 400, 42):
        canvas.line([(0, y), (WIDTH, y)], lighter(tile, 0.45), 2)
    window(canvas, palette, 70, 50, 230, 210)
    canvas.rect(60, 318, 420, 344, (252, 252, 250), 12)
    canvas.shape([(76, 340), (404, 340), (370, 440), (110, 440)], (244, 244, 241))
    canvas.disc(600, 156, 76, lighter(palette.glass, 0.55))
    canvas.disc(600, 156, 68, lighter(palette.glass, 0.75))
    canvas.rect(500, 322, 710, 340, palette.wood, 3)
    canvas.rect(512, 340, 698, 420, lighter(palette.wood, 0.2), 4)
    canvas.disc(604, 316, 50, (252, 252, 250), 0.3)
    canvas.line([(604, 306), (604, 272), (626, 272)], darker(palette.roof, 0.1), 5)
    canvas.rect(440, 250, 486, 330, palette.cloth, 4)
    plant(canvas, palette, 748, 440)


def room(canvas: Canvas, palette: Palette) -> None:
    """Wall, skirting and a wooden floor."""
    wall = lighter(palette.wall, 0.4)
    canvas.rect(0, 0, WIDTH, 404, wall)
    canvas.rect(0, 0, WIDTH, 14, lighter(wall, 0.5))
    floor = lighter(palette.wood, 0.22)
    canvas.rect(0, 404, WIDTH, HEIGHT, floor)
    for x in range(-400, 1300, 74):
        canvas.line([(400 + (x - 400) * 0.72, 404), (x, HEIGHT)], darker(floor, 0.1), 2)
    canvas.rect(0, 396, WIDTH, 408, lighter(wall, 0.6))


def window(canvas: Canvas, palette: Palette, left: float, top: float, right: float, bottom: float) -> None:
    """A window with a landscape and curtains."""
    frame = lighter(palette.wall, 0.8)
    canvas.rect(left - 9, top - 9, right + 9, bottom + 9, frame, 3)
    canvas.rect(left, top, right, bottom, lighter(palette.sky, 0.2))
    height, middle = bottom - top, (left + right) / 2
    canvas.rect(left, top + height * 0.62, right, bottom, lighter(palette.sea, 0.1))
    canvas.rect(left, top + height * 0.78, right, bottom, palette.leaf)
    canvas.disc(left + (right - left) * 0.7, top + height * 0.28, height * 0.07, palette.sun)
    canvas.line([(middle, top), (middle, bottom)], frame, 5)
    canvas.line([(left, top + height * 0.45), (right, top + height * 0.45)], frame, 4)
    for edge, side in ((left, -1), (right, 1)):
        points = [(edge + side * 22, top - 14), (edge - side * 24, top - 14), (edge - side * 4, bottom + 22)]
        canvas.shape([*points, (edge + side * 22, bottom + 22)], lighter(palette.cloth, 0.6))


def sofa(canvas: Canvas, palette: Palette, left: float, top: float) -> None:
    colour = palette.shutter
    canvas.rect(left, top, left + 300, top + 110, darker(colour, 0.12), 22)
    for at in (14, 154):
        canvas.rect(left + at, top + 66, left + at + 132, top + 128, lighter(colour, 0.14), 12)
    canvas.rect(left - 26, top + 42, left + 20, top + 142, colour, 18)
    canvas.rect(left + 280, top + 42, left + 326, top + 142, colour, 18)
    canvas.rect(left - 8, top + 120, left + 308, top + 146, darker(colour, 0.2), 8)
    canvas.rect(left + 30, top + 30, left + 92, top + 88, palette.cloth, 12)
    canvas.rect(left + 214, top + 34, left + 272, top + 88, palette.sun, 12)


def picture(canvas: Canvas, palette: Palette, x: float, y: float) -> None:
    canvas.rect(x - 62, y, x + 62, y + 92, darker(palette.wood, 0.2))
    canvas.rect(x - 54, y + 8, x + 54, y + 84, lighter(palette.horizon, 0.4))
    canvas.disc(x - 14, y + 44, 22, palette.cloth)
    canvas.rect(x - 54, y + 54, x + 54, y + 84, palette.sea)


def lamp(canvas: Canvas, palette: Palette, x: float) -> None:
    canvas.line([(x, 240), (x, 450)], darker(palette.roof, 0.3), 4)
    canvas.disc(x, 452, 28, darker(palette.roof, 0.3), 0.25)
    canvas.shape([(x - 42, 250), (x - 24, 180), (x + 24, 180), (x + 42, 250)], palette.sun)


def plant(canvas: Canvas, palette: Palette, x: float, y: float) -> None:
    for reach, rise in ((-44, 96), (-26, 140), (0, 160), (26, 138), (46, 92)):
        tip = (x + reach, y - rise)
        side = 11 if reach >= 0 else -11
        middle = (x + reach * 0.75 + side, y - rise * 0.55)
        canvas.shape([(x - 4, y), (x + reach * 0.3, y - rise * 0.6), tip, middle, (x + 4, y)], palette.leaf)
        canvas.line([(x, y), tip], darker(palette.leaf, 0.2), 2)
    canvas.shape(
        [(x - 30, y - 8), (x + 30, y - 8), (x + 22, y + 50), (x - 22, y + 50)], darker(palette.cloth, 0.1)
    )
