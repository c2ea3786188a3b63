"""The chapters of the guide, in the order in which somebody new needs them.

The words of each stand in `templates/guide/<language>/<name>.html`.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Chapter:
    name: str
    icon: str
    title: str | Promise
    about: str | Promise

    @property
    def route(self) -> str:
        return f"guide:{self.name}"


CHAPTERS = (
    Chapter(
        "first-key",
        "key",
        _("Store the first key"),
        _("With the key of your Ts-Immo account the portal mirrors your estates."),
    ),
    Chapter(
        "sites",
        "world",
        _("Switch sites on and off"),
        _("What happens, how long it takes, and how you see that it worked."),
    ),
    Chapter(
        "estates",
        "building-estate",
        _("Estates and their passport"),
        _("Find an estate, and see where it stands on its way to the public."),
    ),
    Chapter(
        "leads",
        "inbox",
        _("Leads and reminders"),
        _("The inbox, who is in charge, and what waits for too long."),
    ),
    Chapter(
        "syndication",
        "broadcast",
        _("Send estates to portals"),
        _("Seeki, other portals, and feed files."),
    ),
    Chapter(
        "support",
        "lifebuoy",
        _("Talk to support"),
        _("Open a ticket with everything that support needs."),
    ),
    Chapter(
        "partners",
        "webhook",
        _("Keys for partners, and webhooks"),
        _("What you give to a call centre or a web developer, and how to take it back."),
    ),
    Chapter(
        "red",
        "alert-triangle",
        _("When something is red"),
        _("What the colours mean, and what to do about each."),
    ),
)
