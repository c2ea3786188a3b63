"""Codes of our own beside Seeki's, and how long a listing waits that Seeki did not take up."""

from __future__ import annotations

from datetime import timedelta

from estates.remotes.seeki_codes import Code, Cure

ANOTHER_TIME = frozenset({Cure.RESEND, Cure.RETRY_BY_ID})
"""What helps without anybody doing anything."""

UNNAMED = "UNANSWERED"
"""Ours: the answer to a batch did not say what became of this listing."""
NO_ANSWER = "NO_ANSWER"
"""Ours: Seeki has not said what became of the listing, however often it was sent or asked about."""
TOO_LARGE = Code.PAYLOAD_TOO_LARGE.value
REFUSED = "REQUEST_REFUSED"
"""Ours: Seeki refused a request that held nothing but this listing."""
UNBUILDABLE = "UNBUILDABLE"
"""Ours: the estate could not be written as a listing; the log says why."""

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
RESENT_AFTER = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR)


def resent_after(tries: int) -> timedelta:
    """How long to wait before a sending that follows the `tries`-th, from 1, that was not taken up."""
    return RESENT_AFTER[min(max(tries, 1), len(RESENT_AFTER)) - 1]
