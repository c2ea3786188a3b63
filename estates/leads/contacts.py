"""What recognises a person: phone numbers and mail addresses in one spelling."""

from __future__ import annotations

import re
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

HOME = "FR"
"""Where a number without a country code is from."""
HOME_CODE = phonenumbers.country_code_for_region(HOME)
HOME_MOBILES = "67"
"""What mobile numbers begin with there, behind the country code."""
NUMBER_LIMIT, MAIL_LIMIT = 80, 254

_MAIL = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@[^\s@<>\"(),:;\\\[\]/]+\.[^\s@<>\"(),:;\\\[\]/.]{2,}")
_TIDY = re.compile(r"(?:0|\+33 ?)([1-9](?:[ .-]?[0-9]){8})")
_GAPS = str.maketrans("", "", " .-")
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


class Phone(NamedTuple):
    """A number as it came, and in E.164, or "" where it is none that can be dialled."""

    number: str
    e164: str
    is_mobile: bool = False


def read_phone(text: str) -> Phone:
    """Reads "06 12 34 56 78", "+33 6…", "0033…"; "call me" is kept as it stands."""
    shown = " ".join(text.split())[:NUMBER_LIMIT]
    if tidy := _TIDY.fullmatch(shown):
        # As nearly all are: the library reads the same out of them, ten times as slowly.
        digits = tidy[1].translate(_GAPS)
        return Phone(shown, f"+{HOME_CODE}{digits}", digits[0] in HOME_MOBILES)
    try:
        parsed = phonenumbers.parse(shown, HOME)
    except NumberParseException:
        return Phone(shown, "")
    # Not whether it is in use: new ranges open faster than anybody's tables know, and a call tells.
    if not phonenumbers.is_possible_number(parsed):
        return Phone(shown, "")
    return Phone(shown, phonenumbers.format_number(parsed, PhoneNumberFormat.E164), _is_mobile(parsed))


def _is_mobile(parsed: PhoneNumber) -> bool:
    if parsed.country_code == HOME_CODE:
        return str(parsed.national_number)[0] in HOME_MOBILES
    return phonenumbers.number_type(parsed) in _MOBILE


def spoken(e164: str) -> str:
    """A number as people write it: "06 12 34 56 78" at home, "+41 44 668 18 00" abroad; others as they stand."""
    try:
        parsed = phonenumbers.parse(e164, HOME)
    except NumberParseException:
        return e164
    at_home = parsed.country_code == HOME_CODE
    style = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


def mail_key(text: str) -> str:
    """A mail address in the spelling by which it is compared, or "" for what is none."""
    address = text.strip()
    if len(address) > MAIL_LIMIT or not _MAIL.fullmatch(address):
        return ""
    return address.casefold()[:MAIL_LIMIT]
