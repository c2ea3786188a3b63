"""Bars that lie below each other: what is counted, how many, and the list behind it."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Bar:
    """`most` is the number that fills the whole width."""

    label: str | Promise
    number: int
    most: int
    url: str = ""
