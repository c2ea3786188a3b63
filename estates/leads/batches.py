"""The remotes' answers, kept as they came."""

from django.utils import timezone

from estates.connections.models import Connection
from estates.leads.drafts import digest_of
from estates.leads.erasure.items import without_the_erased
from estates.leads.models import Batch


def keep(connection: Connection, operation: str, raw: bytes, number: int = 0) -> None:
    """Keeps an answer that held so many leads, without those who were erased; the same one twice in a row once."""
    now, digest = timezone.now(), digest_of(raw)
    batches = Batch.objects.across_agencies().filter(connection=connection, operation=operation)
    last = batches.order_by("-pk").only("pk", "digest").first()
    if last and last.digest == digest:
        batches.filter(pk=last.pk).update(seen_at=now)
        return
    Batch.objects.across_agencies().create(
        agency=connection.agency,
        connection=connection,
        operation=operation,
        seen_at=now,
        digest=digest,
        number=number,
        body=without_the_erased(connection, raw.decode("utf-8", "replace").replace("\0", "")),
    )
