"""What the benchmarks share: clocks, the ratios that they give, and how large they are."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Ratio:
    """A measured ratio and its goal, which is met from there on upwards, or downwards with `at_most`."""

    name: str
    value: float
    goal: float
    at_most: bool = False
    detail: str = ""

    @property
    def met(self) -> bool:
        return self.value <= self.goal if self.at_most else self.value >= self.goal


@contextmanager
def own_database(name: str) -> Iterator[None]:
    """A database with all migrations on the server of DATABASE_URL, which is dropped at the end."""
    usual = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bench_passerelle_{name}_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(usual, verbosity=0)


def scaled(count: int, least: int = 1) -> int:
    """A number of rows under `--scale`."""
    return max(least, round(count * float(os.environ.get("BENCH_SCALE", "1"))))


def seconds(task: Callable[[], object]) -> float:
    began = time.perf_counter()
    task()
    return time.perf_counter() - began


@contextmanager
def stopwatch(name: str) -> Iterator[Callable[[], float]]:
    """Says how long something takes, while it is under way and to its caller."""
    began = time.perf_counter()
    print(f"  {name} …", end="", flush=True)
    took: list[float] = []
    yield lambda: took[0]
    took.append(time.perf_counter() - began)
    print(f" {took[0]:.2f} s", flush=True)


def table(ratios: list[Ratio]) -> str:
    lines = [("ratio", "measured", "goal", "", "")]
    for ratio in ratios:
        goal = f"{'≤' if ratio.at_most else '≥'} {ratio.goal:g}"
        lines.append((ratio.name, f"{ratio.value:.2f}", goal, "met" if ratio.met else "SHORT", ratio.detail))
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    return "\n".join(
        f"{name:{widths[0]}}  {value:>{widths[1]}}  {goal:{widths[2]}}  {met:{widths[3]}}  {detail}".rstrip()
        for name, value, goal, met, detail in lines
    )
