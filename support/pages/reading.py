"""What a person has read. A ticket is unread where its last message from outside lies behind that mark."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery

from accounts.models import Agency, User
from support.models import Following, Ticket


def unread_by(user: User) -> Q:
    """The condition on tickets that hold news which the person has not read."""
    read = Following.objects.across_agencies().filter(
        ticket=OuterRef("pk"), user=user, read_to__gte=OuterRef("news")
    )
    return Q(news__gt=0) & ~Q(Exists(read))


def mark_read(ticket: Ticket, user: User) -> Following | None:
    """The person has read the ticket as it was loaded; may be repeated, and never takes a mark back.

    Returns how the person followed the ticket before, if at all.
    """
    followings = Following.objects.for_agency(ticket.agency)
    own = followings.filter(ticket=ticket, user=user)
    before = own.first()
    if before is None and ticket.news:
        mark = Following(agency=ticket.agency, ticket=ticket, user=user, read_to=ticket.news)
        followings.bulk_create([mark], ignore_conflicts=True)
    elif before and before.read_to < ticket.news:
        own.filter(read_to__lt=ticket.news).update(read_to=ticket.news)
    return before


def mark_all_read(agency: Agency, user: User, upto: int) -> int:
    """All of the agency's tickets whose news are not newer than the message `upto`; how many were unread."""
    unread = Ticket.objects.for_agency(agency).filter(unread_by(user), news__lte=upto)
    followings = Following.objects.for_agency(agency)
    with transaction.atomic():
        tickets = list(unread.only("pk", "news"))
        marks = [Following(agency=agency, ticket=t, user=user, read_to=t.news) for t in tickets]
        followings.bulk_create(marks, ignore_conflicts=True)
        news = Subquery(Ticket.objects.for_agency(agency).filter(pk=OuterRef("ticket_id")).values("news")[:1])
        behind = followings.filter(user=user, ticket__in=tickets, ticket__news__gt=F("read_to"))
        behind.filter(ticket__news__lte=upto).update(read_to=news)
    return len(tickets)
