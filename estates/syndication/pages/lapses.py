"""The picture of when listings would lapse if nothing were sent any more."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from estates.syndication.models import Plan
from estates.syndication.pushing.figures import lapses_by_week

HEIGHT, WIDTH, GAP = 120, 26, 10
"""Of the picture's bars, in its own units."""
STEPS = (1, 2, 5)


class Bar(NamedTuple):
    """A week: its first and last day, how many listings lapse that should stay and that should not, and its place.

    Those that should stay stand below; `stay` and `leave` are the blocks' heights, `top` where they begin.
    """

    monday: date
    sunday: date
    wanted: int
    unwanted: int
    left: int
    stay: float
    leave: float

    @property
    def top_of_stay(self) -> float:
        return round(HEIGHT - self.stay, 1)

    @property
    def top_of_leave(self) -> float:
        return round(HEIGHT - self.stay - self.leave, 1)

    @property
    def middle(self) -> int:
        return self.left + WIDTH // 2


class Picture(NamedTuple):
    """The bars, and the numbers along the axis: (number, height from above)."""

    bars: list[Bar]
    ticks: list[tuple[int, float]]

    @property
    def width(self) -> int:
        return len(self.bars) * (WIDTH + GAP)

    @property
    def height(self) -> int:
        return HEIGHT

    @property
    def bar_width(self) -> int:
        return WIDTH

    @property
    def total(self) -> int:
        return sum(bar.wanted + bar.unwanted for bar in self.bars)


def picture_of(plan: Plan) -> Picture:
    weeks = lapses_by_week(plan)
    top = rounded_up(max((wanted + unwanted for _monday, wanted, unwanted in weeks), default=0))
    bars = [
        Bar(
            monday,
            monday + timedelta(days=6),
            wanted,
            unwanted,
            at * (WIDTH + GAP) + GAP // 2,
            round(wanted / top * HEIGHT, 1),
            round(unwanted / top * HEIGHT, 1),
        )
        for at, (monday, wanted, unwanted) in enumerate(weeks)
    ]
    middle = [(top // 2, HEIGHT / 2)] if top % 2 == 0 else []
    return Picture(bars, [(top, 0.0), *middle, (0, float(HEIGHT))])


def rounded_up(number: int) -> int:
    """The next of 1, 2, 5, 10, 20, 50, … from the number on: where an axis may end."""
    size = 1
    while True:
        for step in STEPS:
            if step * size >= number:
                return step * size
        size *= 10
