from django.utils.translation import gettext_lazy as _

from accounts.actions import register_actions

register_actions(
    {
        "leads.fetch_asked": _("asked to fetch leads"),
        "leads.import_asked": _("asked to import older leads"),
        "leads.mode_set": _("changed whether contacts are pulled"),
    }
)
