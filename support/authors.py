"""Who writes to support: a person of the agency, or a partner's software."""

from __future__ import annotations

from typing import NamedTuple

from django.utils import translation
from django.utils.translation import gettext

from accounts.models import Membership, PartnerKey
from accounts.roles import Role
from support.models import Draft


class Author(NamedTuple):
    """As the agency's people and Ts-Immo read it."""

    name: str
    mail: str


def author_of(draft: Draft) -> Author:
    if draft.user:
        return Author(str(draft.user), draft.user.email)
    key = draft.key
    if key is None:
        raise ValueError("A draft without an author")
    with translation.override(key.agency.language):
        name = gettext("%(name)s (via API)") % {"name": key.name}
    return Author(name, _mail_for(key))


def _mail_for(key: PartnerKey) -> str:
    """Software has no mail, and Ts-Immo wants one: that of who made the key, else of an owner; "" for nobody."""
    people = Membership.objects.filter(agency=key.agency, user__is_active=True).order_by("pk")
    mails = people.values_list("user__email", flat=True)
    made_it, owners = mails.filter(user=key.created_by_id), mails.filter(role=Role.OWNER)
    return made_it.first() or owners.first() or ""
