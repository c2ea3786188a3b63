"""What a partner's software writes to support: in one piece, with files that it handed in before."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import PartnerKey
from estates.wordpress.models import Site
from support import writing
from support.attachments.adding import keep
from support.attachments.examine import Examined
from support.attachments.limits import require_ticket
from support.attachments.refusals import Refused
from support.models import Attachment, Draft, Message, Ticket


class NoSuchFile(Refused):
    """The file `pk` was not handed in, is forgotten by now, or has gone with a ticket."""

    def __init__(self, pk: int) -> None:
        super().__init__(_("There is no such file, or a ticket has it already."))
        self.pk = pk


def hand_in(key: PartnerKey, found: Examined) -> Attachment:
    """Keeps a file until a ticket names it, in a draft of its own. Raises `Refused`."""
    with transaction.atomic():
        return keep(Draft.objects.create(agency=key.agency, key=key), found, None)


def open_ticket(
    key: PartnerKey, site: Site, subject: str, text: str, follows: Ticket | None, files: Collection[int]
) -> Ticket:
    """A ticket with the files of these ids, as `writing.open_ticket`. Raises `NotNow`, `NoSuchFile`, `Refused`."""
    with transaction.atomic():
        draft = Draft.objects.create(
            agency=key.agency, key=key, site=site, subject=subject, text=text, follows=follows
        )
        _gather(draft, set(files))
        return writing.open_ticket(draft, site)


def comment(key: PartnerKey, ticket: Ticket, text: str) -> Message:
    """Raises `NotNow`."""
    with transaction.atomic():
        draft = Draft.objects.create(agency=key.agency, key=key, ticket=ticket, text=text)
        return writing.comment(draft, ticket)


def _gather(draft: Draft, pks: set[int]) -> None:
    """The files that were handed in come to the draft. Whoever is second to name one finds it gone."""
    named = Attachment.objects.for_agency(draft.agency).filter(pk__in=pks)
    drafts = Draft.objects.for_agency(draft.agency).filter(key__isnull=False)
    # Held first, so that none of them is forgotten just then.
    held = drafts.filter(pk__in=named.values("draft")).select_for_update().order_by("pk")
    earlier = [each.pk for each in held]
    sizes = dict(named.filter(draft__in=earlier).values_list("pk", "size"))
    for pk in sorted(pks - sizes.keys()):
        raise NoSuchFile(pk)
    require_ticket(len(sizes), sum(sizes.values()))
    named.update(draft=draft)
    drafts.filter(pk__in=earlier).delete()
