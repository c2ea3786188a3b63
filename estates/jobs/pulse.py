"""The sign that the timer, the broker and a worker reach each other."""

from datetime import timedelta

from django.utils import timezone

from estates.jobs.models import Pulse

EVERY = 15.0
"""Seconds between two signs."""


def feel() -> None:
    """Notes that a worker was reached just now."""
    Pulse.objects.update_or_create(pk=1, defaults={"at": timezone.now()})


def silence() -> timedelta | None:
    """How long it has been since a worker was reached; None where none ever was."""
    last = Pulse.objects.values_list("at", flat=True).first()
    # One of a time to come was made by a clock that was wrong.
    return max(timezone.now() - last, timedelta()) if last else None
