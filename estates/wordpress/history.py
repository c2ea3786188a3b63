"""A deed leaves two traces: a line in the site's own history, and an entry in the agency's audit trail."""

from accounts.audit import record
from accounts.models import User
from estates.connections.models import WORDS_LIMIT
from estates.wordpress.models import Site, SiteEvent


def note(site: Site, actor: User | None, what: SiteEvent.What, words: str = "", *, partner: str = "") -> None:
    """Notes what happened inside the caller's transaction.

    `words` are the remote's own, free of secrets; `partner` names the key of a partner who asked for it.
    """
    site.events.create(actor=actor, partner=partner, what=what, words=words[:WORDS_LIMIT])
    record(site.agency, actor, f"site.{what}", str(site), **({"words": words} if words else {}))
