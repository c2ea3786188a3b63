"""A stranger signs up, proves the address, founds an agency, and from then on needs an app or a passkey to log in."""

import base64
import email
import email.policy
import hashlib
import hmac
import re
import struct
import time
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import global_settings
from playwright.sync_api import Page, expect

from accounts.people import create_person
from tests.browser.agencies import until
from tests.browser.visitor import Screen

PASSWORD = "correct-horse-battery-41"
PERIOD = 30
MARGIN = 8
"""Seconds that a code should have left when it is typed."""
NOT_MADE = (
    "No passkey was made: the question was closed, took too long, or this device is not locked by finger, "
    "face or PIN. Try again; for a security key without a PIN, untick the box first."
)
NOT_USED = (
    "No passkey was used: the question was closed, took too long, or this device has none for Passerelle. "
    "Try again, or take another way."
)


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


@pytest.mark.parametrize(
    "visit", [Screen(1280, "en", "dark"), Screen(360, "fr", "light")], ids=str, indirect=True
)
def test_a_passkey_after_the_password_and_instead_of_it(visit, portal, settings):
    # Browsers make no passkeys for an address that is a number.
    visit.portal = replace(portal, url=portal.url.replace("127.0.0.1", "localhost"))
    page, address = visit.page, f"paul-{portal.number()}@agence-neuve.example"
    # The portal beside the tests does not know the tests' quick one.
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    create_person(address, "Paul Girard", PASSWORD, language=visit.screen.language)
    device = Device(page)
    log_in(visit, address)
    page.wait_for_url("**/agencies/")
    visit.go("mfa_add_webauthn")
    page.locator("[name=password]").fill(PASSWORD)
    visit.button("Confirm").click()
    device.recognise(False)
    visit.button("Add the passkey").click()
    visit.sees(NOT_MADE)
    visit.looks()
    device.recognise(True)
    visit.button("Add the passkey").click()
    page.wait_for_url("**/recovery-codes/**")

    visit.page.context.clear_cookies()
    log_in(visit, address)
    visit.sees("Show that it is you with the passkey of your phone, your computer or your security key.")
    device.recognise(False)
    visit.button("Use a passkey").click()
    visit.sees(NOT_USED)
    visit.looks()
    device.recognise(True)
    visit.button("Use a passkey").click()
    page.wait_for_url("**/agencies/")

    visit.page.context.clear_cookies()
    visit.go("account_login")
    visit.button("Log in with a passkey").click()
    page.wait_for_url("**/agencies/")
    visit.looks()


class Device:
    """A phone with a lock, as Chromium plays it: https://www.w3.org/TR/webauthn-3/#sctn-automation"""

    def __init__(self, page: Page) -> None:
        self.browser = page.context.new_cdp_session(page)
        self.browser.send("WebAuthn.enable")
        wanted = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
        made = self.browser.send(
            "WebAuthn.addVirtualAuthenticator", {"options": {**wanted, "hasUserVerification": True}}
        )
        self.name = made["authenticatorId"]

    def recognise(self, known: bool) -> None:
        """Whether the finger on it is its owner's."""
        told = {"authenticatorId": self.name, "isUserVerified": known}
        self.browser.send("WebAuthn.setUserVerified", told)


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
