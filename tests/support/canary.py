"""What an agency may own in the room of support, each text with a word that nobody else must read."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.utils import timezone

from accounts.models import Agency, PartnerKey, User
from estates.wordpress.models import Site
from support.models import Attachment, Delivery, Draft, Following, Message, Mirrored, Notice, Ticket


def fill(agency: Agency, word: str, owner: User, site: Site) -> dict[str, models.Model]:
    """By what a route's `pk` means. The message is one that a person has to decide about."""
    now = timezone.now()
    ticket = Ticket.objects.create(
        agency=agency,
        connection=site.connection,
        site=site,
        domain=site.domain,
        remote_id=f"ticket-{word}",
        subject=f"Why {word}?",
        state="PENDING",
        opened_by=owner,
        reporter=f"Reporter {word}",
        opened_at=now,
        changed_at=now,
        read_at=now,
        raw=f'{{"subject": "{word}"}}',
    )
    said = {"agency": agency, "ticket": ticket, "written_at": now}
    message = Message.objects.create(
        **said,
        opens=True,
        author=owner,
        author_name=f"Author {word}",
        text=f"Nothing works, {word}.",
        delivery=Delivery.REFUSED,
        words=f"no {word}",
    )
    answer = Message.objects.create(
        **said,
        author_name=f"Clerk {word}",
        from_support=True,
        text=f"Have you tried {word}?",
        delivery=Delivery.SENT,
        remote_id=f"comment-{word}",
    )
    Ticket.objects.for_agency(agency).filter(pk=ticket.pk).update(news=answer.pk)
    Following.objects.create(agency=agency, ticket=ticket, user=owner, watches=True)
    Notice.objects.create(agency=agency, message=answer, user=owner, state=Notice.State.SENT)
    Mirrored.objects.create(agency=agency, connection=site.connection, domain=site.domain, words=f"no {word}")
    draft = Draft.objects.create(agency=agency, user=owner, site=site, subject=f"New {word}", text=word)
    key = PartnerKey.objects.for_agency(agency).latest("pk")
    handed_in = Draft.objects.create(agency=agency, key=key)
    return {
        "ticket": ticket,
        "message": message,
        "attachment": attach(agency, word, owner, message=message),
        "draft attachment": attach(agency, word, owner, draft=draft),
        "partner attachment": attach(agency, word, None, draft=handed_in),
    }


def attach(agency: Agency, word: str, owner: User | None, **to: models.Model) -> Attachment:
    body = ContentFile(word.encode())
    place = f"support/{agency.pk}"
    return Attachment.objects.create(
        agency=agency,
        uploaded_by=owner,
        name=f"{word}.txt",
        mime_type="text/plain",
        size=len(word),
        sha256="0" * 64,
        stored_as=default_storage.save(f"{place}/{word}.txt", body),
        thumbnail_as=default_storage.save(f"{place}/{word}.webp", body),
        **to,
    )
