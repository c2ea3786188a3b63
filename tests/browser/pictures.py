"""The README's pictures: what an owner of the demo's first agency sees after a while, in French."""

from io import BytesIO

from django.conf import settings
from PIL import Image
from playwright.sync_api import expect

from accounts.models import Agency, User
from accounts.roles import Role
from estates.connections.models import Connection
from estates.leads.sources import FETCHES, start_fetch
from estates.syndication.incoming.receiving import receive
from estates.syndication.models import Listing, Plan
from estates.wordpress.models import Site, State
from estates.wordpress.switching import activate
from portal.demo.people import AGENCIES
from tests.browser.agencies import until, wait_for_jobs
from tests.browser.portal import Portal, running
from tests.browser.visitor import Screen, Visitor, browser, visitor
from tests.browser.watching import settle
from tests.syndication.incoming.making import estate, feed

FOLDER = settings.BASE_DIR / ".readme"
SCREEN = Screen(1280, "fr", "light")
ESTATES, CONTACTS = 120, 40
COLOURS = 256
SECONDS = 300.0
DRAWN = """() => [...document.images].every(
  (each) => each.complete || each.getBoundingClientRect().top > innerHeight)"""


def draw() -> None:
    with (
        running(settings.VAR_DIR, estates=ESTATES, contacts=CONTACTS) as portal,
        browser() as chromium,
    ):
        agency = Agency.objects.get(slug=AGENCIES[0].slug)
        owner = agency.members.get(memberships__role=Role.OWNER, memberships__agency=agency)
        make_ready(agency, owner)
        with visitor(portal, chromium, SCREEN) as visit:
            visit.log_in(owner)
            ask_support(visit, portal, agency)
            wait_for_jobs(agency, SECONDS)
            visit.page.reload()
            keep(visit, "ticket", 900)
            visit.go("catalogue:search", agency.slug)
            keep(visit, "estates", 800)
            visit.go("leads:index", agency.slug)
            keep(visit, "leads", 800)
            visit.go("syndication:plan", agency.slug, Plan.objects.for_agency(agency).get().pk)
            keep(visit, "syndication", 1000)
            visit.go("dashboard", agency.slug)
            keep(visit, "dashboard", 900)


def make_ready(agency: Agency, owner: User) -> None:
    """All estates and leads are here, one of the sites is active, the other refused."""
    wait_for_jobs(agency, SECONDS)
    for site in Site.objects.for_agency(agency).filter(state=State.INACTIVE):
        activate(site, owner)
    for connection in Connection.objects.for_agency(agency).filter(system__in=FETCHES):
        start_fetch(connection)
    plan = Plan.objects.for_agency(agency).select_related("agency", "connection").get()
    receive(
        plan,
        iter([feed(estate("CRM-50", title="Studio meublé – Gerland", price="?"))]),
        "export.xml",
        owner,
        send=True,
    )
    wait_for_jobs(agency, SECONDS)
    listings = Listing.objects.for_agency(agency)
    until(lambda: listings.filter(stage=Listing.Stage.REFUSED).exists(), SECONDS)
    until(lambda: listings.exclude(live_since=None).count() > ESTATES / 4, SECONDS)


def ask_support(visit: Visitor, portal: Portal, agency: Agency) -> None:
    """A ticket about the refusal, with a picture, which support answers with a question."""
    page = visit.page
    visit.go("wordpress:index", agency.slug)
    screen = page.screenshot()
    visit.go("wordpress:detail", agency.slug, Site.objects.for_agency(agency).get(state=State.REFUSED).pk)
    visit.button("Ask support").click()
    visit.field("Add a file").set_input_files(
        {"name": "capture.png", "mimeType": "image/png", "buffer": screen}
    )
    expect(page.locator("[data-attachment]")).to_be_visible()
    visit.button("Send to support").click()
    expect(page.locator("[data-delivery=sent]")).to_be_visible()
    account = portal.box.account("martin")
    with account.lock:
        portal.box.clerk.answer(*account.tickets.values(), solves=False)
    visit.button("Read again").click()
    expect(page.locator(".is-theirs")).to_be_visible()


def keep(visit: Visitor, name: str, height: int) -> None:
    """What stands at the top of the page, in few colours: a picture for a README must be small."""
    visit.page.set_viewport_size({"width": SCREEN.width, "height": height})
    settle(visit.page)
    visit.page.wait_for_function(DRAWN)
    picture = Image.open(BytesIO(visit.page.screenshot()))
    few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(FOLDER / f"{name}.png", optimize=True)
