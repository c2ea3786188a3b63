from django.utils.translation import gettext_lazy as _

from accounts.actions import register_actions, register_details

register_actions(
    {
        "webhook.added": _("added a webhook"),
        "webhook.changed": _("changed a webhook"),
        "webhook.secret_renewed": _("replaced the secret of a webhook"),
        "webhook.removed": _("removed a webhook"),
        "webhook.disabled": _("switched a webhook off that took nothing for days"),
        "webhook.replayed": _("sent messages to a webhook once more"),
    }
)
register_details(
    {
        "events": (_("Events"), str),
        "whole": (_("Whole content"), lambda value: _("yes") if value == "True" else _("no")),
        "messages": (_("Messages"), str),
        "until": (_("Until"), str),
    }
)
