"""A stranger signs up, proves the address, founds an agency, and from then on needs an authenticator app."""

import base64
import email
import email.policy
import hashlib
import hmac
import re
import struct
import time
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.agencies import until

PASSWORD = "correct-horse-battery-41"
PERIOD = 30
MARGIN = 8
"""Seconds that a code should have left when it is typed."""


def test_signing_up_with_verification_and_an_authenticator_app(visit, portal):
    page, address = visit.page, f"jeanne-{portal.number()}@agence-neuve.example"
    visit.go("account_login")
    visit.looks()
    visit.link("Create an account").click()
    visit.field("Your name").fill("Jeanne Moreau")
    page.locator("[name=email]").fill(address)
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("[name=password2]").fill(PASSWORD)
    visit.looks()
    visit.button("Create my account").click()
    visit.sees("Confirm your e-mail address")
    visit.looks()

    page.goto(link_mailed_to(address, portal.mails))
    visit.looks()
    visit.button("Confirm the address").click()
    log_in(visit, address)
    visit.sees("You are not in an agency yet")
    visit.looks()
    visit.link("Create an agency").click()
    visit.field("Name of the agency").fill("Agence Moreau")
    visit.looks()
    visit.button("Create the agency").click()
    visit.sees("The agency is there.")
    visit.looks()

    visit.go("profile")
    visit.looks()
    page.get_by_role("link", name=visit.say("Second factor and passkeys")).click()
    visit.looks()
    page.locator("a[href*='totp/activate']").click()
    visit.sees("Confirm that it is you")
    visit.looks()
    page.locator("[name=password]").fill(PASSWORD)
    visit.button("Confirm").click()
    secret = page.locator("#authenticator_secret").inner_text()
    visit.looks()
    page.locator("[name=code]").fill(code_of(secret))
    visit.button("Switch on the app").click()
    page.wait_for_url("**/recovery-codes/**")
    visit.looks()

    visit.go("profile")
    visit.sees("Switched on")
    open_menu(visit)
    visit.button("Log out").click()
    log_in(visit, address)
    visit.sees("Type the code that your authenticator app shows.")
    visit.looks()
    page.locator("[name=code]").fill(code_of(secret))
    visit.button("Log in").click()
    expect(page).to_have_title(re.compile("Agence Moreau"))
    visit.looks()


def log_in(visit, address: str) -> None:
    visit.go("account_login")
    visit.page.locator("[name=login]").fill(address)
    visit.page.locator("[name=password]").fill(PASSWORD)
    visit.button("Log in").click()


def open_menu(visit) -> None:
    """On a narrow screen it is folded."""
    button = visit.button("Menu")
    if button.is_visible():
        button.click()


def link_mailed_to(address: str, folder: Path) -> str:
    """The first link of the mail to the address, as soon as there is one."""
    found: list[str] = []

    def look() -> bool:
        for path in folder.glob("*.log"):
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if mail["To"] == address:
                found.extend(re.findall(r"https?://\S+", mail.get_body(("plain",)).get_content()))
        return bool(found)

    until(look)
    return found[0]


def code_of(secret: str) -> str:
    """What an authenticator app shows (RFC 6238), when it has just changed or will not soon."""
    until(lambda: time.time() % PERIOD < PERIOD - MARGIN)
    moment = struct.pack(">Q", int(time.time()) // PERIOD)
    digest = hmac.new(base64.b32decode(secret), moment, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"
