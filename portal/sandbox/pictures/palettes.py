"""Muted colours that go together; one palette is one light: morning, noon, evening, winter."""

from __future__ import annotations

from dataclasses import dataclass

from portal.sandbox.pictures.canvas import Colour


@dataclass(frozen=True, slots=True)
class Palette:
    sky: Colour
    horizon: Colour
    sun: Colour
    wall: Colour
    roof: Colour
    shutter: Colour
    glass: Colour
    leaf: Colour
    ground: Colour
    sea: Colour
    cloth: Colour
    wood: Colour


PALETTES = (
    Palette(
        (150, 190, 214), (230, 236, 232), (255, 240, 200), (240, 228, 206), (112, 124, 138), (122, 150, 160),
        (88, 116, 136), (106, 142, 106), (206, 198, 182), (92, 154, 172), (196, 122, 96), (176, 136, 100),
    ),
    Palette(
        (244, 196, 160), (252, 232, 208), (255, 214, 150), (246, 216, 186), (178, 96, 74), (110, 136, 120),
        (120, 110, 124), (124, 138, 92), (214, 190, 160), (110, 148, 160), (92, 116, 140), (160, 112, 82),
    ),
    Palette(
        (176, 206, 222), (238, 244, 244), (255, 250, 226), (250, 246, 238), (196, 118, 88), (86, 124, 150),
        (104, 142, 162), (118, 156, 120), (222, 212, 192), (74, 150, 176), (222, 180, 108), (190, 154, 118),
    ),
    Palette(
        (190, 196, 210), (234, 228, 226), (250, 238, 220), (226, 214, 200), (92, 98, 112), (140, 108, 100),
        (96, 108, 126), (112, 130, 108), (196, 190, 182), (112, 142, 158), (150, 112, 128), (150, 120, 98),
    ),
    Palette(
        (134, 182, 190), (220, 234, 222), (255, 236, 184), (236, 206, 170), (150, 84, 70), (92, 132, 112),
        (82, 112, 120), (92, 134, 104), (210, 196, 170), (70, 138, 152), (208, 136, 112), (168, 122, 86),
    ),
)  # fmt: skip
