"""Listings that Seeki refused although nothing else was in the request: theirs is the fault only if others pass."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from estates.jobs.run import Run
from estates.remotes.errors import Refused
from estates.remotes.seeki import TooLarge
from estates.syndication.models import Listing, Plan
from estates.syndication.pushing.codes import REFUSED, TOO_LARGE
from estates.syndication.pushing.confirming import Said, refused
from estates.syndication.pushing.loads import Item

MOST = 8
"""So many listings that were refused one by one, from all over a load, while nothing passed: it is not about them."""


class Doubts:
    """What one job knows of such listings. `passed` is whether Seeki has answered any request of the job."""

    def __init__(self, run: Run, plan: Plan, passed: bool) -> None:
        self.run, self.plan, self.passed = run, plan, passed
        self._said: dict[int, Said] = {}
        self._error: Refused | None = None

    def __contains__(self, pk: int) -> bool:
        return pk in self._said

    @property
    def pks(self) -> list[int]:
        return list(self._said)

    def add(self, item: Item, error: Refused) -> None:
        """Raises the error where it must be about something else than the listings."""
        code = TOO_LARGE if isinstance(error, TooLarge) else REFUSED
        self._said[item.pk] = Said(item.pk, code=code, words=error.words)
        self._error = error.with_traceback(None)  # its frames hold the bodies of whole loads
        if self.passed:
            self._refuse()
        elif len(self._said) >= MOST:
            raise error

    def settle(self) -> None:
        """Something has passed: the others were at fault themselves."""
        self.passed = True
        if self._said:
            self._refuse()

    def conclude(self) -> None:
        """Nothing else is left to be sent. Raises the error of what was refused while nothing passed."""
        if self._error:
            raise self._error

    def another(self, items: Sequence[Item]) -> Item | None:
        """One of the listings that may tell whether others pass, far from those that were tried before."""
        left = [item for item in items if item.pk not in self]
        return left[len(left) * len(self._said) // MOST] if left else None

    def _refuse(self) -> None:
        with self.run.step():
            refused(self.plan, list(self._said.values()), timezone.now(), Listing.Stage.SENDING)
        self._said, self._error = {}, None
