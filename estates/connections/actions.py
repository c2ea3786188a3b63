from django.utils.translation import gettext_lazy as _

from accounts.actions import among, register_actions, register_details
from estates.connections.models import Environment, Outcome

register_actions(
    {
        "connection.stored": _("stored a key"),
        "connection.renamed": _("renamed a key"),
        "connection.removed": _("removed a key"),
        "connection.replacement_stored": _("stored a new key beside the one in use"),
        "connection.replacement_dropped": _("deleted a new key before it was in use"),
        "connection.key_replaced": _("put a new key to use"),
    }
)
register_details(
    {
        "environment": (_("Environment"), among(Environment.choices)),
        "outcome": (_("Answer"), among(Outcome.choices)),
    }
)
