"""The four roles of a person in an agency, from the least to the most."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    VIEWER = "viewer", _("Viewer")
    AGENT = "agent", _("Agent")
    MANAGER = "manager", _("Manager")
    OWNER = "owner", _("Owner")

    def suffices_for(self, least: "Role") -> bool:
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(least)

    @property
    def sentence(self) -> str:
        """What the role may do, for the page that hands it out."""
        return str(SENTENCES[self])


SENTENCES = {
    Role.VIEWER: _("Reads everything, changes nothing."),
    Role.AGENT: _("Works with estates, leads and tickets."),
    Role.MANAGER: _("Everything except members and keys."),
    Role.OWNER: _("Everything, including members and keys."),
}
