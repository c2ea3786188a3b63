import json

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actions import among, register_actions, register_details
from estates.syndication.models import Listing

RULES = {
    "statuses": _("Status"),
    "types": _("Type"),
    "offers": _("Offer"),
    "cities": _("City"),
    "min_price": _("Minimum price"),
    "max_price": _("Maximum price"),
    "featured": _("Only featured estates"),
}


def _rules(stored: str) -> str:
    """`Rules.to_json` as JSON, with the words of the agency's own estates."""
    told = {str(RULES.get(name, name)): value for name, value in json.loads(stored).items()}
    words = "; ".join(
        name if value is True else f"{name} = {', '.join(value) if isinstance(value, list) else value}"
        for name, value in told.items()
    )
    return words or gettext("Every estate that Ts-Immo lists")


register_actions(
    {
        "publication.rules_set": _("changed what is published on Seeki"),
        "publication.switched_on": _("switched publication on Seeki on"),
        "publication.switched_off": _("switched publication on Seeki off"),
        "publication.look_asked": _("asked for the catalogue to be looked through"),
        "listing.by_hand": _("decided by hand about a listing on Seeki"),
        "listing.send_asked": _("asked for a listing to be sent to Seeki"),
        "feed.received": _("handed in a feed file"),
        "feed.send_asked": _("asked for a feed file to be sent to Seeki"),
        "feed.overtaken": _("closed a feed file that a later full one has overtaken"),
        "feed.dropped": _("discarded a feed file"),
        "feed.removal_decided": _("decided about listings that a feed file no longer names"),
        "partner.feed_received": _("handed in a feed file with a partner's key"),
        "outlet.added": _("made an address for a portal"),
        "outlet.changed": _("changed an address for a portal"),
        "outlet.renewed": _("replaced the address for a portal by a new one"),
        "outlet.deleted": _("deleted an address for a portal"),
        "estates.feed_exported": _("exported estates as a feed file"),
    }
)
register_details(
    {
        "hand": (_("Decision"), among(Listing.Hand.choices)),
        "number": (_("Number"), str),
        "format": (_("Format"), str),
        "lapse": (_("Left to lapse"), lambda value: _("yes") if value == "True" else _("no")),
        "listings": (_("Listings"), str),
        "later": (_("Later file"), str),
        "rules": (_("Rules"), _rules),
    }
)
