from django.utils.translation import gettext_lazy as _

from accounts.actions import register_actions

register_actions(
    {
        "leads.fetch_asked": _("asked to fetch leads"),
        "leads.import_asked": _("asked to import older leads"),
        "leads.webhook_asked": _("asked AVIV to announce leads"),
        "leads.webhook_changed": _("changed AVIV's announcements"),
        "leads.creation_asked": _("asked to create a lead at AVIV"),
        "leads.creation_repeated": _("asked again to create a lead at AVIV"),
        "leads.creation_forgotten": _("dropped a lead that was to be created at AVIV"),
        "leads.mode_set": _("changed whether contacts are pulled"),
    }
)
