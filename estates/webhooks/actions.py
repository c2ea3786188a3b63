from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accounts.actions import register_actions, register_details
from estates.webhooks.words import event_label


def _labels(value: str) -> str:
    return ", ".join(str(event_label(event)) for event in value.split())


def _local(value: str) -> str:
    moment = parse_datetime(value)
    return formats.date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else value


register_actions(
    {
        "webhook.added": _("added a webhook"),
        "webhook.changed": _("changed a webhook"),
        "webhook.secret_renewed": _("replaced the secret of a webhook"),
        "webhook.removed": _("removed a webhook"),
        "webhook.disabled": _("switched a webhook off that took nothing for days"),
        "webhook.tested": _("sent a test message to a webhook"),
        "webhook.replayed": _("sent messages to a webhook once more"),
    }
)
register_details(
    {
        "events": (_("Events"), _labels),
        "whole": (_("Whole content"), lambda value: _("yes") if value == "True" else _("no")),
        "messages": (_("Messages"), str),
        "window": (_("Of what happened"), _local),
    }
)
