"""A feed file of other software is uploaded, looked through and sent on."""

from playwright.sync_api import expect

from estates.connections.models import System
from estates.syndication.rules.plans import open_plan, set_active
from tests.browser.agencies import connect, until
from tests.syndication.incoming.making import estate, feed

NUMBERS = ("F-101", "F-102", "F-103")


def test_a_feed_file_is_uploaded_read_and_sent(visit, founded, portal):
    office = founded(connected=False)
    seeki = portal.box.seeki.create_account(office.slug)
    plan = open_plan(connect(office, System.SEEKI, seeki.key), office.owner)
    set_active(plan, True, office.owner)
    page = visit.page
    visit.go("syndication:feeds", office.slug)
    visit.looks()

    file = feed(*(estate(number, title=f"Appartement {number}") for number in NUMBERS))
    visit.field("File").set_input_files({"name": "export.xml", "mimeType": "text/xml", "buffer": file})
    visit.button("Upload and read").click()
    visit.sees("Listings of the file")
    for number in NUMBERS:
        expect(page.get_by_text(f"Appartement {number}")).to_be_visible()
    visit.looks()

    send = visit.count("Send %(number)s listing to Seeki", "Send %(number)s listings to Seeki", len(NUMBERS))
    page.get_by_role("button", name=send).click()
    visit.sees("What became of it")
    until(lambda: set(seeki.online) == set(NUMBERS))
    visit.looks()
