"""The demo's first agency after some weeks: something of everything that its pages can show."""

from accounts.invitations import invite
from accounts.models import Agency, Membership, PartnerKey, Scope, User
from accounts.partners import keys
from accounts.roles import Role
from estates.catalogue.saved import save_search
from estates.leads.erasure.erase import erase_person
from estates.leads.forwarding.forward import forward, may_forward
from estates.leads.inbox.verbs import assign
from estates.leads.models import Lead, RoutingRule
from estates.syndication.incoming.receiving import receive
from estates.syndication.models import Plan
from estates.syndication.outgoing.outlets import add_outlet
from estates.webhooks.kinds import EventType
from estates.webhooks.replaying import send_test
from estates.webhooks.subscribing import subscribe
from estates.wordpress.models import Site, State
from estates.wordpress.switching import activate
from portal.demo.people import AGENCIES
from support.models import Draft
from support.writing import open_ticket
from tests.browser.agencies import wait_for_jobs
from tests.browser.portal import Portal, domain
from tests.syndication.incoming.making import feed

SECONDS = 240.0
HOOK = f"https://{domain(0)}/passerelle"


def lived_in(portal: Portal) -> Agency:
    """May be asked for again; what is there is not made twice."""
    agency = Agency.objects.get(slug=AGENCIES[0].slug)
    if PartnerKey.objects.for_agency(agency).exists():
        return agency
    owner = agency.members.get(memberships__role=Role.OWNER, memberships__agency=agency)
    wait_for_jobs(agency, SECONDS)
    for site in Site.objects.for_agency(agency).filter(state=State.INACTIVE):
        activate(site, owner)
    wait_for_jobs(agency, SECONDS)
    work_with_leads(agency, owner)
    talk_to_others(portal, agency, owner)
    wait_for_jobs(agency, SECONDS)
    # Last, for what no address takes is sent again for days.
    hook, _secret = subscribe(agency, owner, url=HOOK, events=[EventType.LEAD_CREATED])
    send_test(hook, owner)
    return agency


def work_with_leads(agency: Agency, owner: User) -> None:
    leads = Lead.objects.for_agency(agency).exclude(person=None).order_by("pk")
    linked = leads.exclude(estate=None).select_related("estate__connection", "agency")
    sent = next(lead for lead in linked if may_forward(lead.estate))
    forward(sent, sent.estate, owner)
    assign([sent], owner, owner)
    RoutingRule.objects.create(agency=agency, position=1, name="Maisons", target="turns").people.add(owner)
    erase_person(leads.exclude(person=sent.person).first().person, owner)


def talk_to_others(portal: Portal, agency: Agency, owner: User) -> None:
    site = Site.objects.for_agency(agency).filter(state=State.ACTIVE).select_related("connection").first()
    words = {"subject": "Photos absentes", "text": "Depuis ce matin, les annonces sont sans photo."}
    open_ticket(Draft.objects.create(agency=agency, user=owner, **words), site)
    plan = Plan.objects.for_agency(agency).select_related("agency", "connection").first()
    receive(plan, iter([feed("F-1", "F-2")]), "export.xml", owner)
    add_outlet(agency, owner, name="Portail local", format="openimmo", encoding="utf-8", query="")
    invite(agency, owner, "nouveau@agence-martin.example", Role.AGENT)
    membership = Membership.objects.select_related("agency", "user").get(agency=agency, user=owner)
    save_search(membership, "Maisons", "type=house")
    keys.make(agency, owner, name="Centre d’appels Nord", scopes=[Scope.LEADS_READ])


def owner_who_reads(agency: Agency, language: str) -> User:
    """An owner of the agency who has chosen the language."""
    email = f"owner-{language}@{agency.slug}.example"
    person = User.objects.filter(email=email).first()
    if person is None:
        person = User.objects.create_user(email, name="Dominique Martin", language=language)
        Membership.objects.create(agency=agency, user=person, role=Role.OWNER)
    return person
