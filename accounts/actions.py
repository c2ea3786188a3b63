"""What the audit trail's dotted words and details are called on the page. Each room registers its own."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models.partners import Scope
from accounts.roles import Role

Label = str | Promise
Words = Callable[[str], Label]

_labels: dict[str, Label] = {}
_details: dict[str, tuple[Label, Words]] = {}


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


def register_details(details: Mapping[str, tuple[Label, Words]]) -> None:
    """The same for details: `{"role": (_("Role"), among(Role.choices))}`; `str` leaves values as they are."""
    _details.update(details)


def among(choices: Iterable[tuple[str, Label]]) -> Words:
    """The words of a list of choices; an unknown value as it is."""
    known = dict(choices)
    return lambda value: known.get(value, value)


def detail(name: str, value: Any) -> tuple[Label, str]:
    """A detail's name and value in words; a pair is what it was before and after, a mapping is told as JSON."""
    label, words = _details.get(name, (name, str))
    told = value if isinstance(value, list) else [value]
    texts = (json.dumps(one, ensure_ascii=False) if isinstance(one, Mapping) else str(one) for one in told)
    return label, " → ".join(str(words(text)) for text in texts)


def _scopes(stored: str) -> str:
    known: dict[str, Label] = dict(Scope.choices)
    return ", ".join(str(known.get(word, word)) for word in stored.split())


def _size(stored: str) -> str:
    return filesizeformat(int(stored))


register_details(
    {
        "role": (_("Role"), among(Role.choices)),
        "before": (_("Before"), among(Role.choices)),
        "after": (_("After"), among(Role.choices)),
        "email": (_("E-mail address"), str),
        "slug": (_("Address in the portal"), str),
        "name": (_("Name of the agency"), str),
        "language": (_("Language"), among(settings.LANGUAGES)),
        "time_zone": (_("Time zone"), str),
        "scopes": (_("May"), _scopes),
        "key": (_("Key"), str),
        "size": (_("Size"), _size),
        "operator": (_("By an operator in this person’s place"), str),
        "reason": (_("Reason"), str),
    }
)
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
        "partner_key.created": _("made a key for a partner"),
        "partner_key.revoked": _("revoked a partner's key"),
        "impersonation.began": _("began to work in a person’s place"),
        "impersonation.acted": _("did something of which there is no other entry"),
        "impersonation.ended": _("stopped working in a person’s place"),
        "partner_key.exposed": _("saw a partner's key in an address, where it does not belong"),
    }
)
