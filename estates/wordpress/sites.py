"""Adding, changing and removing sites. None of it tells Ts-Immo anything: that is `switching`."""

from django.db import IntegrityError, transaction

from accounts.models import Agency, User
from estates.connections.models import Connection
from estates.connections.store import end_of
from estates.connections.vault import seal
from estates.remotes.secret import Secret
from estates.wordpress.history import note
from estates.wordpress.models import AT_REST, Site, SiteEvent, SiteKey, State
from estates.wordpress.proof.enrolment import look_for_sites_again
from estates.wordpress.states import move

What = SiteEvent.What


class DomainTaken(Exception):
    """The agency has a site of this domain."""


def add_site(
    agency: Agency,
    actor: User | None,
    *,
    connection: Connection,
    domain: str,
    secret: Secret,
    theme_id: str = "",
) -> Site:
    """Stores an inactive site with its plugin key; `domain` as `domains.normalised` spells it.

    Raises `DomainTaken`. What other agencies have is nobody's business here.
    """
    site = Site(agency=agency, connection=connection, domain=domain, theme_id=theme_id)
    with transaction.atomic():
        try:
            with transaction.atomic():
                site.save()
        except IntegrityError as taken:
            raise DomainTaken from taken
        store_key(site, actor, secret)
        look_for_sites_again(site)
        note(site, actor, What.ADDED)
    return site


def change_site(
    site: Site, actor: User, *, connection: Connection, secret: Secret | None, theme_id: str
) -> None:
    """Changes what the next activation will say; without `secret` the stored key stays. Raises `NotNow`."""
    with transaction.atomic():
        move(site, AT_REST, connection=connection, theme_id=theme_id)
        if secret:
            store_key(site, actor, secret)
        note(site, actor, What.CHANGED)


def remove_site(site: Site, actor: User) -> None:
    """Deletes a site that is not active, with its key and history; the audit trail stays. Raises `NotNow`."""
    with transaction.atomic():
        move(site, (State.INACTIVE, State.REFUSED))
        note(site, actor, What.REMOVED)
        site.delete()


def store_key(site: Site, actor: User | None, secret: Secret) -> None:
    sealed = {"ciphertext": seal(secret), "last_four": end_of(secret), "stored_by": actor}
    SiteKey.objects.update_or_create(site=site, defaults=sealed)
