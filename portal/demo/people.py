"""The demo's two agencies, their people and their keys. Their estates come by the sync, as everybody's do."""

from dataclasses import dataclass

from accounts.agencies import create_agency
from accounts.models import Agency, Membership, User
from accounts.people import create_person
from accounts.roles import Role
from estates.connections.connect import connect
from estates.connections.models import Connection, Environment, System
from estates.remotes.secret import Secret
from estates.syndication.models import Plan
from estates.syndication.rules.filters import Rules
from estates.syndication.rules.plans import open_plan, save_rules, set_active
from estates.wordpress.models import Site
from estates.wordpress.plugins.looking import start_look
from estates.wordpress.sites import add_site

PASSWORD = "passerelle-demo"  # noqa: S105  # the demo prints it
OPERATOR = "operator@passerelle.example"


@dataclass(frozen=True)
class DemoAgency:
    """An agency of the demo: its name and address, the keys that the sandbox knows, and its people by role."""

    name: str
    slug: str
    keys: dict[System, str]
    people: dict[Role, tuple[str, str]]


AGENCIES = (
    DemoAgency(
        "Agence Martin",
        "agence-martin",
        {
            System.TS_IMMO: "tsi_demo_martin_4f7c2a",
            System.MARKETING_LAB: "mlab_demo_martin_c81e4b",
            System.AVIV: "aviv_demo_martin_134063",
            System.SEEKI: "seeki_live_demo_martin_5ac91e",
        },
        {
            Role.OWNER: ("Claire Martin", "claire@agence-martin.example"),
            Role.MANAGER: ("Hugo Lefèvre", "hugo@agence-martin.example"),
            Role.AGENT: ("Inès Da Silva", "ines@agence-martin.example"),
            Role.VIEWER: ("Paul N’Diaye", "paul@agence-martin.example"),
        },
    ),
    DemoAgency(
        "Riviera Patrimoine",
        "riviera-patrimoine",
        {System.TS_IMMO: "tsi_demo_riviera_9b1e5d"},
        {
            Role.OWNER: ("Élodie Rossi", "elodie@riviera.example"),
            Role.MANAGER: ("Marc Giraud", "marc@riviera.example"),
            Role.AGENT: ("Lina Benali", "lina@riviera.example"),
            Role.VIEWER: ("Tom Achard", "tom@riviera.example"),
        },
    ),
)


SITES = (
    ("www.agence-martin.example", "plg_martin_266d2f50"),
    ("vacances.agence-martin.example", "plg_martin_outdated"),
)
"""Sites of the first agency: activating one will succeed, the other be refused for its plugin key."""
OTHER_SITES = (("www.riviera.example", "plg_riviera_6a884513"),)
"""The second agency's; one of the plugins that it is offered has a wrong signature, see `OFFERED_WRONGLY`."""
OFFERED_WRONGLY: tuple[dict[str, str], ...] = (
    {"account": "riviera", "plugin": "ts-immo-leads", "how": "publish", "version": "1.5.0"},
    {"account": "riviera", "plugin": "ts-immo-leads", "how": "sign_wrongly"},
)
"""What the sandbox is told at the start, so that the alarm of a refused file can be seen."""


def fill() -> None:
    """Makes what is missing: operator, agencies with their people and keys, sites. May be run again."""
    if not User.objects.filter(email=OPERATOR).exists():
        operator = create_person(OPERATOR, "Opératrice", PASSWORD, language="fr")
        operator.is_staff = operator.is_superuser = True
        operator.save(update_fields=["is_staff", "is_superuser"])
    for wanted in AGENCIES:
        agency = Agency.objects.filter(slug=wanted.slug).first() or found(wanted)
        add_keys(agency, wanted.keys)
    publish(Agency.objects.get(slug=AGENCIES[0].slug))
    for wanted, sites in zip(AGENCIES, (SITES, OTHER_SITES), strict=True):
        add_sites(Agency.objects.get(slug=wanted.slug), sites)


def add_keys(agency: Agency, keys: dict[System, str]) -> None:
    """Stores the key of each system that the agency never had one of."""
    owner = agency.members.get(memberships__role=Role.OWNER, memberships__agency=agency)
    for system, key in keys.items():
        if not Connection.objects.for_agency(agency).filter(system=system).exists():
            connect(
                agency,
                owner,
                system=system,
                environment=Environment.PRODUCTION,
                label=agency.name,
                secret=Secret(key),
            )


def publish(agency: Agency) -> None:
    """The first agency publishes on Seeki what is for sale or to let; the rest is held by its rules."""
    seeki = Connection.objects.for_agency(agency).filter(system=System.SEEKI).earliest("pk")
    if Plan.objects.for_agency(agency).filter(connection=seeki).exists():
        return
    owner = agency.members.get(memberships__role=Role.OWNER, memberships__agency=agency)
    plan = open_plan(seeki, owner)
    save_rules(plan, Rules(statuses=("available",)), owner, plan.version)
    set_active(plan, True, owner)


def add_sites(agency: Agency, sites: tuple[tuple[str, str], ...] = SITES) -> None:
    if Site.objects.for_agency(agency).exists():
        return
    owner = agency.members.get(memberships__role=Role.OWNER, memberships__agency=agency)
    connection = Connection.objects.for_agency(agency).filter(system=System.TS_IMMO).earliest("pk")
    for domain, key in sites:
        site = add_site(agency, owner, connection=connection, domain=domain, secret=Secret(key))
        start_look(site)


def found(wanted: DemoAgency) -> Agency:
    """The agency with its owner, and everybody else in the roles that they have."""
    name, email = wanted.people[Role.OWNER]
    agency = create_agency(
        wanted.name, wanted.slug, actor=create_person(email, name, PASSWORD, language="fr")
    )
    for role, (name, email) in wanted.people.items():
        if role is not Role.OWNER:
            person = create_person(email, name, PASSWORD, language="fr")
            Membership.objects.create(agency=agency, user=person, role=role)
    if wanted is not AGENCIES[0]:
        # One person works in both, so that switching can be seen.
        guest = User.objects.get(email=AGENCIES[0].people[Role.AGENT][1])
        Membership.objects.create(agency=agency, user=guest, role=Role.AGENT)
    return agency
