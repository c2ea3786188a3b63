"""Every mail that the portal can send, with made-up data: no row of the database is read or written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import account_mails, invitation_mail
from accounts.mail import public_url
from accounts.models import Agency, Invitation, MailKind, User
from accounts.roles import Role
from estates.catalogue.models import Estate
from estates.connections import refusals
from estates.connections.models import Connection, Outcome, System
from estates.leads.models import Lead
from estates.leads.models import Notice as LeadNotice
from estates.leads.routing import digest, lead_mail
from estates.webhooks import mail as webhook_mail
from estates.webhooks.models import Subscription
from estates.wordpress import ending_mail
from estates.wordpress.models import Site
from support.mails import news_mail
from support.models import Message, Ticket
from support.models import Notice as TicketNotice

Compose = Callable[[str], EmailMultiAlternatives]
"""Gets the language."""


@dataclass(frozen=True)
class Sample:
    """A mail, made from the files that begin with `template`. Without a `kind` it cannot be switched off."""

    name: str
    label: str | Promise
    template: str
    compose: Compose
    kind: MailKind | None = None


def samples() -> Iterator[Sample]:
    for name, says in account_mails.ACCOUNT_MAILS.items():
        short = name.rpartition("/")[2].replace("_", "-")
        yield Sample(short, says.subject, "accounts/mail/account", _account(says))
    yield Sample("invitation", _("An invitation"), "accounts/mail/invitation", _invitation)
    yield Sample("key-refused", _("A key that is refused"), "connections/mail/refused", _refused)
    assigned, offered = (_lead(kind) for kind in (LeadNotice.Kind.ASSIGNED, LeadNotice.Kind.OFFERED))
    yield Sample("lead", _("A lead that is yours"), "leads/mail/lead", assigned, MailKind.LEAD)
    yield Sample("lead-offered", _("A lead to be taken"), "leads/mail/lead", offered, MailKind.LEAD)
    yield Sample("digest", _("The morning’s digest"), "leads/mail/digest", _digest, MailKind.DIGEST)
    yield Sample("ticket", _("News in a ticket"), "support/mail/news", _ticket, MailKind.TICKET)
    yield Sample("plan", _("A plan that ends"), "wordpress/mail/ending", _plan, MailKind.PLAN)
    warning, disabled = (_webhook(what) for what in (webhook_mail.WARNING, "disabled"))
    yield Sample("webhook", _("A webhook that fails"), "webhooks/mail/warning", warning, MailKind.WEBHOOK)
    yield Sample("webhook-off", _("A webhook that was switched off"), "webhooks/mail/disabled", disabled)


def _agency() -> Agency:
    return Agency(pk=0, name="Agence Martin & Fils", slug="agence-martin")


def _person(language: str) -> User:
    return User(pk=0, name="Claire Martin", email="claire@agence-martin.example", language=language)


def _account(says: account_mails.AccountMail) -> Compose:
    def compose(language: str) -> EmailMultiAlternatives:
        context: dict[str, Any] = {says.link: public_url("/account/a-link-that-leads-nowhere/")}
        if not says.link:
            context = {
                "from_email": "claire@ancienne-adresse.example",
                "to_email": "claire@agence-martin.example",
                "deleted_email": "claire@ancienne-adresse.example",
                "ip": "192.0.2.17",
                "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15",
                "timestamp": timezone.now(),
            }
        return account_mails.written(says, "claire@agence-martin.example", context, language)

    return compose


def _invitation(language: str) -> EmailMultiAlternatives:
    person = _person(language)
    invitation = Invitation(
        agency=_agency(), email="paul@agence-martin.example", role=Role.AGENT, invited_by=person
    )
    return invitation_mail.compose(invitation, "a-link-that-leads-nowhere", person)


def _connection() -> Connection:
    return Connection(
        pk=0,
        agency=_agency(),
        system=System.TS_IMMO,
        label="Lyon",
        refused_at=timezone.now(),
        last_outcome=Outcome.UNAUTHORISED,
        last_answer="Invalid or missing API key",
    )


def _refused(language: str) -> EmailMultiAlternatives:
    return refusals.compose(_connection(), _person(language))


def _lead(kind: str) -> Compose:
    def compose(language: str) -> EmailMultiAlternatives:
        agency, now = _agency(), timezone.now()
        lead = Lead(
            pk=0,
            agency=agency,
            source=System.AVIV,
            portal="SeLoger",
            first_name="Jean",
            last_name="Dupont",
            email="jean.dupont@exemple.fr",
            phone="06 12 34 56 78",
            message="Bonjour,\n\nLa maison de Caluire est-elle encore disponible ? "
            "Nous pourrions la visiter samedi matin <ou en semaine après 18 h>.\n\nJean & Marie Dupont",
            estate=Estate(pk=0, reference="REF-4711", title="Maison avec jardin", city="Caluire-et-Cuire"),
        )
        notice = LeadNotice(agency=agency, lead=lead, user=_person(language), kind=kind)
        return lead_mail.written(notice, now + timedelta(minutes=30))

    return compose


def _digest(language: str) -> EmailMultiAlternatives:
    agency = _agency()
    names = ("Jean Dupont", "Amélie Roux", "M. & Mme Costa", "06 98 76 54 32")
    leads = digest.lines(
        Lead(pk=number, agency=agency, last_name=name) for number, name in enumerate(names, 1)
    )
    says = {
        "agency": agency,
        "day": date(2026, 11, 3),
        "came": 7,
        "by_source": [("AVIV Seeker Leads", 4), ("marketing-lab", 3)],
        "waiting": 1,
        "mine": leads[:1],
        "nobodys": 3,
        "unassigned": leads[1:],
    }
    return digest.written(_person(language), agency, says)


def _ticket(language: str) -> EmailMultiAlternatives:
    agency = _agency()
    ticket = Ticket(pk=0, agency=agency, domain="www.agence-martin.example", subject="Photos manquantes")
    message = Message(
        agency=agency,
        ticket=ticket,
        author_name="Sophie (Ts-Immo)",
        from_support=True,
        text="Bonjour Claire,\n\nles photos de REF-4711 sont de nouveau en ligne <voir la fiche>.\n\nSophie",
    )
    return news_mail.compose(TicketNotice(agency=agency, message=message, user=_person(language)))


def _plan(language: str) -> EmailMultiAlternatives:
    ends = timezone.localdate() + timedelta(days=7)
    site = Site(pk=0, agency=_agency(), domain="www.agence-martin.example", expires_at=ends)
    return ending_mail.compose(site, _person(language), 7)


def _webhook(what: str) -> Compose:
    def compose(language: str) -> EmailMultiAlternatives:
        since = timezone.now() - timedelta(days=4)
        url = "https://crm.partenaire.example/passerelle?client=42"
        subscription = Subscription(pk=0, agency=_agency(), url=url, failing_since=since)
        return webhook_mail.compose(subscription, _person(language), what)

    return compose
