from django.utils.translation import gettext_lazy as _

from accounts.actions import register_actions

register_actions(
    {
        "leads.fetch_asked": _("asked to fetch leads"),
        "lead.forward_asked": _("asked to forward a lead to Ts-Immo"),
        "leads.mode_set": _("changed whether contacts are pulled"),
    }
)
