"""From a lead, and what a person changed about it, to the buyer that Ts-Immo knows."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from estates.catalogue.models import Estate
from estates.leads.contacts import mail_key, read_phone
from estates.leads.models import Lead
from estates.remotes.ts_immo_requests import Buyer, Phone

CIVILITIES: Mapping[str, str] = {
    "mr": "MR",
    "m": "MR",
    "mister": "MR",
    "male": "MR",
    "monsieur": "MR",
    "ms": "MS",
    "mrs": "MS",
    "mme": "MS",
    "miss": "MS",
    "female": "MS",
    "madame": "MS",
}
"""The words of the sources for how somebody is addressed. Others say nothing."""
LANGUAGES = ("fr", "en")
PHONES = 5
NAME_LIMIT = 120
MESSAGE_LIMIT = 10_000


def prefilled(lead: Lead, estate: Estate | None) -> dict[str, Any]:
    """What the lead says of itself, by the names of `forms.LeadForm`; the budget is the estate's price."""
    phones = [known["e164"] or known["number"] for known in lead.phones if isinstance(known, dict)]
    return {
        "civility": CIVILITIES.get(lead.gender.casefold().rstrip("."), ""),
        "type": "PERSON",
        "first_name": lead.first_name,
        "last_name": lead.last_name,
        "company": "",
        "mail": lead.email if lead.email_key else "",
        "second_mail": "",
        "phones": "\n".join(phones[:PHONES]),
        "message": lead.message[:MESSAGE_LIMIT],
        "note": "",
        "language": lead.language[:2].lower() if lead.language[:2].lower() in LANGUAGES else "",
        "city": "",
        "postal_code": "",
        "country": "",
        "offer_type": estate.offer_type if estate else "",
        "min_budget": "",
        "max_budget": _plain(estate.price) if estate and estate.price is not None else "",
    }


def buyer_of(stream_id: object, given: Mapping[str, Any]) -> Buyer:
    """The body of ts-immo.txt, PUT /v1/estates/{id}/lead."""
    is_company = given.get("type") == "COMPANY"
    return Buyer(
        streamId=str(stream_id),
        civility=given.get("civility") or None,
        firstname=given.get("first_name") or None,
        lastname=given.get("last_name") or None,
        type=given.get("type") or None,
        companyName=(given.get("company") or None) if is_company else None,
        mail=_mail(given.get("mail")),
        secondaryMail=_mail(given.get("second_mail")),
        phones=phones_of(given.get("phones") or ""),
        message=given.get("message") or None,
        internalNote=given.get("note") or None,
        lang=given.get("language") or None,
        location=_location(given),
        preferences=_preferences(given),
    )


def phones_of(lines: str) -> tuple[Phone, ...]:
    """One number in a line. Ts-Immo's document names no kind but "mobile"; others go as "landline"."""
    read = [read_phone(line) for line in lines.splitlines() if line.strip()]
    kinds = {True: "mobile", False: "landline"}
    return tuple(Phone((one.e164 or one.number)[:40], kinds[one.is_mobile]) for one in read[:PHONES])


def _mail(address: Any) -> str | None:
    return str(address) if address and mail_key(str(address)) else None


def _location(given: Mapping[str, Any]) -> dict[str, str] | None:
    found = {name: given[name] for name in ("city", "postal_code", "country") if given.get(name)}
    return found or None


def _preferences(given: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    limits = {"min_price": given.get("min_budget"), "max_price": given.get("max_budget")}
    amounts = {name: {"amount": _number(value)} for name, value in limits.items() if value}
    offer = {"offerType": given["offer_type"]} if given.get("offer_type") else {}
    budget = {"budget": {"currency": "EUR", **amounts}} if amounts else {}
    return ({**offer, **budget},) if offer or budget else ()


def _number(value: Any) -> int | float:
    amount = Decimal(str(value))
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _plain(amount: Decimal) -> str:
    return f"{amount:f}".rstrip("0").rstrip(".") if "." in f"{amount:f}" else f"{amount:f}"
