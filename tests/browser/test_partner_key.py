"""A key to the partner API is made, used, and revoked."""

import requests
from playwright.sync_api import expect

from accounts.models import Scope
from estates.catalogue.models import Estate


def test_an_api_key_is_made_used_and_revoked(visit, founded, portal):
    office = founded(estates=4)
    page = visit.page
    visit.go("accounts:partner_keys", office.slug)
    visit.looks()
    visit.link("Make a key").click()
    visit.field("Name").fill("Centre d’appels Nord")
    visit.field(Scope.ESTATES_READ.label._args[0]).check()
    visit.looks()
    visit.button("Make the key").click()
    token = page.locator("#token").inner_text()
    visit.looks()

    def ask() -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return requests.get(f"{portal.url}/api/v1/estates", headers=headers, timeout=30)

    answer = ask()
    assert answer.status_code == 200
    held = Estate.objects.for_agency(office.agency).filter(gone_at=None)
    assert len(answer.json()["data"]) == held.count() > 0

    visit.link("I have copied it").click()
    assert token not in page.content()
    expect(page.locator("figcaption")).to_have_text(
        visit.count("%(number)s call in 14 days", "%(number)s calls in 14 days", 1)
    )
    visit.looks()
    visit.link("Revoke…").click()
    visit.looks()
    visit.button("Revoke “%(name)s”", name="Centre d’appels Nord").click()
    expect(page.locator("[data-state=revoked]")).to_be_visible()
    visit.looks()
    assert ask().status_code == 401
