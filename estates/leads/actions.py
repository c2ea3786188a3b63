from django.utils.translation import gettext_lazy as _

from accounts.actions import register_actions

register_actions(
    {
        "leads.fetch_asked": _("asked to fetch leads"),
        "lead.forward_asked": _("asked to forward a lead to Ts-Immo"),
        "lead.claimed": _("took a lead"),
        "rule.added": _("added a routing rule"),
        "rule.changed": _("changed a routing rule"),
        "rule.moved": _("changed the order of the routing rules"),
        "rule.paused": _("paused a routing rule"),
        "rule.resumed": _("resumed a routing rule"),
        "rule.deleted": _("deleted a routing rule"),
        "leads.mode_set": _("changed whether contacts are pulled"),
    }
)
