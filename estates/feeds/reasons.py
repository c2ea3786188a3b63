"""Why a feed, or one listing of it, can't be used; and what is odd, but can be lived with."""

from enum import StrEnum


class Reason(StrEnum):
    """Those of a whole file come with `Unreadable`, those of one listing with `SetApart`."""

    DOCTYPE = "doctype"
    NOT_XML = "not_xml"
    NOT_A_FEED = "not_a_feed"
    EMPTY = "empty"
    ENCODING = "encoding"
    BOMB = "bomb"
    ZIP_DAMAGED = "zip_damaged"
    ZIP_FORM = "zip_form"
    ZIP_ENCRYPTED = "zip_encrypted"
    NO_XML_IN_ZIP = "no_xml_in_zip"
    SEVERAL_XML_IN_ZIP = "several_xml_in_zip"
    ENTRY_LEADS_OUT = "entry_leads_out"

    NO_NUMBER = "no_number"
    TOO_DEEP = "too_deep"
    TOO_LARGE = "too_large"


class Oddity(StrEnum):
    """What a `Note` says: the field was left empty, or read in the way that is most likely meant."""

    NUMBER_SEEN_TWICE = "number_seen_twice"
    NUMBER_FROM_OTHER_FIELD = "number_from_other_field"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DATE = "not_a_date"
    UNKNOWN_COUNTRY = "unknown_country"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_ACTION = "unknown_action"
    UNKNOWN_OFFER = "unknown_offer"
    PICTURE_WITHOUT_ADDRESS = "picture_without_address"
    PICTURE_INSIDE = "picture_inside"
