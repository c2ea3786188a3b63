from django.utils.translation import gettext_lazy as _

from accounts.actions import register_actions

register_actions(
    {
        "ticket.opened": _("opened a ticket"),
        "ticket.commented": _("commented on a ticket"),
        "ticket.close_asked": _("asked to close a ticket"),
        "ticket.sent_again": _("had a message of a ticket sent again"),
        "ticket.arrived": _("said that a message of a ticket has arrived"),
        "ticket.read_asked": _("had a ticket read again"),
        "attachment.added": _("added a file to a ticket"),
        "attachment.removed": _("removed a file from a draft"),
        "attachment.downloaded": _("downloaded a file of a ticket"),
    }
)
