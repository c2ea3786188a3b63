"""A drawing surface of 800 × 533 units, drawn at twice the size and reduced, which smooths the edges."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 800, 533
OVERSAMPLING = 2
QUALITY = 84
Colour = tuple[int, int, int]
Point = tuple[float, float]


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`share` of the second colour, the rest of the first."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def lighter(colour: Colour, share: float = 0.3) -> Colour:
    return mix(colour, (255, 255, 255), share)


def darker(colour: Colour, share: float = 0.25) -> Colour:
    return mix(colour, (28, 32, 48), share)


class Canvas:
    def __init__(self, background: Colour) -> None:
        self._image = Image.new("RGB", (WIDTH * OVERSAMPLING, HEIGHT * OVERSAMPLING), background)
        self._draw = ImageDraw.Draw(self._image)

    def rect(
        self, left: float, top: float, right: float, bottom: float, fill: Colour, radius: float = 0
    ) -> None:
        box = self._scaled(((left, top), (right, bottom)))
        if radius:
            self._draw.rounded_rectangle(box, radius * OVERSAMPLING, fill)
        else:
            self._draw.rectangle(box, fill)

    def disc(self, x: float, y: float, radius: float, fill: Colour, squash: float = 1) -> None:
        """A circle, or an ellipse of `squash` times its height."""
        box = self._scaled(((x - radius, y - radius * squash), (x + radius, y + radius * squash)))
        self._draw.ellipse(box, fill)

    def shape(self, points: Sequence[Point], fill: Colour) -> None:
        self._draw.polygon(self._scaled(points), fill)

    def line(self, points: Sequence[Point], fill: Colour, width: float = 2) -> None:
        self._draw.line(self._scaled(points), fill, round(width * OVERSAMPLING), joint="curve")

    def fade(self, top: float, bottom: float, first: Colour, last: Colour, steps: int = 28) -> None:
        """A band over the whole width that goes from one colour to another."""
        height = (bottom - top) / steps
        for step in range(steps):
            start = top + step * height
            self.rect(0, start, WIDTH, start + height + 1, mix(first, last, step / (steps - 1)))

    def jpeg(self, width: int) -> bytes:
        height = round(width * HEIGHT / WIDTH)
        image = self._image.reduce(max(1, self._image.width // width))
        if image.size != (width, height):
            image = image.resize((width, height), Image.Resampling.BILINEAR)
        out = io.BytesIO()
        image.save(out, "JPEG", quality=QUALITY)
        return out.getvalue()

    @staticmethod
    def _scaled(points: Sequence[Point]) -> list[Point]:
        return [(x * OVERSAMPLING, y * OVERSAMPLING) for x, y in points]
