"""What the audit trail's dotted words are called on the page. Each room registers its own."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Label = str | Promise

_labels: dict[str, Label] = {}


def register_actions(labels: Mapping[str, Label]) -> None:
    """To be called in a room's `AppConfig.ready`: `register_actions({"key.stored": _("stored a key")})`.

    A label completes "Name …": it is in the past tense and has no full stop.
    """
    _labels.update(labels)


def label(action: str) -> Label:
    """The words for an action; the dotted word itself where its room is gone."""
    return _labels.get(action, action)


def choices() -> list[tuple[str, Label]]:
    """All known actions with their words, in the words' order."""
    return sorted(_labels.items(), key=lambda pair: str(pair[1]).casefold())


register_actions(
    {
        "agency.created": _("created the agency"),
        "agency.changed": _("changed the agency's settings"),
        "member.role_changed": _("changed a member's role"),
        "member.removed": _("removed a member"),
        "member.left": _("left the agency"),
        "ownership.transferred": _("handed over the ownership"),
        "invitation.sent": _("invited somebody"),
        "invitation.resent": _("sent an invitation again"),
        "invitation.revoked": _("took back an invitation"),
        "invitation.accepted": _("accepted an invitation"),
    }
)
