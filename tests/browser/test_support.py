"""A ticket is written, with a picture pasted from the screen, and support answers."""

import base64
from io import BytesIO

from PIL import Image
from playwright.sync_api import expect

from estates.connections.models import Connection, System
from estates.remotes.secret import Secret
from estates.wordpress.sites import add_site

SUBJECT = "Les photos ne s’affichent plus"
COPY = """async (encoded) => {
  const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
  await navigator.clipboard.write([new ClipboardItem({ "image/png": new Blob([bytes], { type: "image/png" }) })]);
}"""


def test_a_ticket_with_a_pasted_screenshot(visit, founded, portal):
    office = founded(estates=1)
    account = Connection.objects.for_agency(office.agency).get(system=System.TS_IMMO)
    key = Secret(office.account.plugin_auth_key)
    site = add_site(office.agency, office.owner, connection=account, domain=office.domain, secret=key)
    page = visit.page
    visit.go("support:index", office.slug)
    visit.looks()
    page.get_by_role("link", name=visit.say("New ticket")).first.click()
    visit.looks()
    visit.field("Site").select_option(str(site.pk))
    visit.field("Subject").fill(SUBJECT)
    visit.field("Message").fill("Depuis ce matin, toutes les annonces sont sans photo.\nVoir l’image.")

    copy_a_screenshot(visit)
    page.get_by_label(visit.say("Add a file")).focus()
    page.keyboard.press("Control+V")
    attached = page.locator("[data-attachment]")
    expect(attached.get_by_role("link")).to_contain_text(visit.say("capture", "name of a screenshot"))
    expect(attached).to_contain_text("320 × 200")
    visit.looks()
    visit.button("Send to support").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(SUBJECT)
    expect(page.locator("[data-delivery=sent]")).to_be_visible()
    visit.looks()
    (ticket,) = office.account.tickets.values()
    assert (ticket.subject, ticket.domain, len(ticket.attachments)) == (SUBJECT, office.domain, 1)


def copy_a_screenshot(visit) -> None:
    """Into the clipboard, as the system's own tool would."""
    drawn = BytesIO()
    Image.new("RGB", (320, 200), "#0f766e").save(drawn, "PNG")
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=visit.portal.url)
    visit.page.evaluate(COPY, base64.b64encode(drawn.getvalue()).decode())
