"""What is wrong with a feed file, or with a listing of it, in words, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from estates.feeds.listing import Scope
from estates.feeds.reasons import Oddity, Reason
from estates.remotes.seeki import Code
from estates.syndication.incoming.examining import FILE_GONE
from estates.syndication.incoming.items import Why
from estates.syndication.pushing.codes import NO_ANSWER, UNNAMED

Words = str | Promise

SCOPES: Mapping[str, Words] = {
    Scope.FULL: _("All listings that you offer: what it does not name is no longer offered."),
    Scope.PARTIAL: _("Some of your listings: those that it does not name stay as they are."),
    Scope.UNSTATED: _(
        "It does not say whether it is complete: listings that it does not name stay as they are."
    ),
}
FILES: Mapping[str, tuple[Words, Words]] = {
    Reason.DOCTYPE: (
        _("The file begins with a document type declaration (DOCTYPE), which may hide instructions."),
        _(
            "Ask the maker of your software for an export without one: neither OpenImmo nor Idealista uses any."
        ),
    ),
    Reason.NOT_XML: (
        _("The file is no XML, or it breaks off."),
        _("Export it once more; if that does not help, show the maker of your software the line above."),
    ),
    Reason.NOT_A_FEED: (
        _("The file holds neither OpenImmo nor Idealista listings."),
        _("Choose “OpenImmo” or “Idealista” as the format of the export in your software."),
    ),
    Reason.EMPTY: (
        _("The file holds no listing at all."),
        _("Check in your software which listings are chosen for the export, then export once more."),
    ),
    Reason.ENCODING: (
        _("The file's letters are in an encoding that cannot be read."),
        _("Export the file as UTF-8, if your software lets you choose."),
    ),
    Reason.BOMB: (
        _("Unpacked the file would be far larger than any export, or it is nested without end."),
        _(
            "Files like this can stop a computer, so it was put aside. Export it once more, with smaller pictures."
        ),
    ),
    Reason.ZIP_DAMAGED: (
        _("The ZIP file is damaged, or only a part of it has come."),
        _("Export it once more and upload it again."),
    ),
    Reason.ZIP_FORM: (
        _("The ZIP file is packed in a way that is not taken."),
        _("Pack it as an ordinary ZIP file, or upload the XML alone."),
    ),
    Reason.ZIP_ENCRYPTED: (
        _("The ZIP file is protected by a password."),
        _("Export it without a password."),
    ),
    Reason.NO_XML_IN_ZIP: (
        _("There is no XML file in the ZIP file."),
        _("Upload the ZIP file as your software made it, with its XML and its pictures."),
    ),
    Reason.SEVERAL_XML_IN_ZIP: (
        _("There are several XML files in the ZIP file, and it is not clear which holds the listings."),
        _("Upload one export at a time."),
    ),
    Reason.ENTRY_LEADS_OUT: (
        _("The ZIP file holds an entry that leads out of it, as in files that attack a computer."),
        _("Do not open it. Export it once more, and have the computer that made it looked at."),
    ),
    FILE_GONE: (
        _("The file is no longer in the portal's storage."),
        _("Upload it again."),
    ),
}
"""What is wrong with a file, and what to do."""

LISTINGS: Mapping[str, Words] = {
    Reason.NO_NUMBER: _("It has no number by which it could be known again."),
    Reason.TOO_DEEP: _("Its elements are nested too deeply."),
    Reason.TOO_LARGE: _("It is larger than anything that a listing holds."),
    Why.NUMBER_TOO_LONG: _("Its number has more than 120 characters."),
}
"""Why a listing is set apart."""

SKIPPED: Mapping[str, Words] = {
    Why.SAYS_DELETE: _("The file says delete: it is left to lapse."),
    Why.SAYS_REFERENCE: _("The file says that it is only a reference by now: it is left to lapse."),
    Why.AGAIN_BELOW: _("The same number stands once more further down in the file: that one counts."),
    Why.OWN_ESTATE: _("An estate of your catalogue is published under this number already."),
    Why.NEVER: _("Somebody of your agency decided that it is never published."),
    Why.LATER_FULL: _("A later file that holds all you offer was sent instead."),
    Why.OVERTAKEN: _("A later file, your catalogue or somebody of your agency decided otherwise meanwhile."),
}

NOTES: Mapping[str, Words] = {
    Oddity.NUMBER_SEEN_TWICE: _("The number is another listing's too"),
    Oddity.NUMBER_FROM_OTHER_FIELD: _("The number was taken from another field"),
    Oddity.NOT_A_NUMBER: _("No number was understood"),
    Oddity.NOT_A_DATE: _("No date was understood"),
    Oddity.UNKNOWN_COUNTRY: _("Unknown country"),
    Oddity.UNKNOWN_KIND: _("Unknown type"),
    Oddity.UNKNOWN_ACTION: _("Unknown action"),
    Oddity.UNKNOWN_OFFER: _("Neither for sale nor for rent"),
    Oddity.PICTURE_WITHOUT_ADDRESS: _("A picture without an address"),
    Oddity.PICTURE_INSIDE: _("A picture inside the XML"),
}

MEND = _("Correct the listing in your software, then export and upload it once more.")
_AGAIN = _("Nothing to do: the portal sends it again by itself.")
_ACCOUNT = _("The key or the subscription at Seeki needs an owner of your agency.")
ADVICE: Mapping[str, Words] = {
    Code.VALIDATION_FAILED: MEND,
    Code.GEOCODE_ADDRESS_NOT_FOUND: _(
        "Seeki does not find the address. Correct street, city and country in your software, then export once more."
    ),
    Code.GEOCODE_COORDINATES_INVALID: _(
        "The coordinates lie outside of the world. Correct them in your software, then export once more."
    ),
    Code.PAYLOAD_TOO_LARGE: _(
        "With its pictures it is larger than all that Seeki takes. Export it with smaller pictures."
    ),
    Code.TOO_MANY_ITEMS: _AGAIN,
    Code.INFRA_QUEUE_REJECTED: _AGAIN,
    Code.INFRA_LOST: _AGAIN,
    Code.INTERNAL_ERROR: _AGAIN,
    Code.MISSING_AUTHORIZATION: _ACCOUNT,
    Code.INVALID_KEY: _ACCOUNT,
    Code.SUBSCRIPTION_INACTIVE: _ACCOUNT,
    UNNAMED: _("Seeki's answer did not name it. The portal sends it again by itself."),
    NO_ANSWER: _("Seeki does not say what became of it. Ask Seeki, or upload the listing once more."),
}
"""What to do about a refusal, by its code."""
OTHER_ADVICE = _(
    "Seeki's words say what is wrong. Correct the listing in your software, then export once more."
)


def file_words(reason: str) -> tuple[Words, Words]:
    """What is wrong with a file, and what to do."""
    return FILES.get(reason, (_("The file cannot be read."), _("Export it once more and upload it again.")))


def item_words(reason: str) -> Words:
    """Why a listing is not sent."""
    return LISTINGS.get(reason) or SKIPPED.get(reason) or reason


def note_words(code: str) -> Words:
    return NOTES.get(code, code)


def advice(code: str) -> Words:
    return ADVICE.get(code, OTHER_ADVICE)
