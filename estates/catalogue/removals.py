"""What a person says when so many estates are missing that a sync does not dare to call them gone."""

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from estates.catalogue.finishing import MISSES, mark_gone
from estates.catalogue.models import Estate, SyncRun

Status = SyncRun.Status


def confirm_removals(run: SyncRun, user: User) -> bool:
    """Marks as gone what is still missing. False when somebody or a later sync has settled the question."""
    with transaction.atomic():
        if not _decide(run, user):
            return False
        missing = Estate.objects.for_agency(run.agency).filter(
            connection=run.connection, missed__gte=MISSES, gone_at=None
        )
        run.gone = mark_gone(run.connection, list(missing.values_list("pk", flat=True)), timezone.now())
        run.save(update_fields=["gone"])
        record(run.agency, user, "catalogue.removals_confirmed", str(run.connection), estates=run.gone)
    return True


def keep_estates(run: SyncRun, user: User) -> bool:
    """Leaves everything as it is; two more syncs must miss an estate before the question comes again."""
    with transaction.atomic():
        if not _decide(run, user):
            return False
        missing = Estate.objects.for_agency(run.agency).filter(connection=run.connection, gone_at=None)
        kept = missing.filter(missed__gt=0).update(missed=0)
        record(run.agency, user, "catalogue.estates_kept", str(run.connection), estates=kept)
    return True


def _decide(run: SyncRun, user: User) -> bool:
    """Takes the question, if it still stands; of two people who answer at once, one does."""
    asked = SyncRun.objects.for_agency(run.agency).filter(pk=run.pk, status=Status.ASKING)
    if not asked.update(status=Status.DONE, decided_by=user):
        return False
    run.status, run.decided_by = Status.DONE, user
    return True
