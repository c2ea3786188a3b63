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
        "partner.ticket_opened": _("opened a ticket with a partner's key"),
        "partner.ticket_commented": _("commented on a ticket with a partner's key"),
        "partner.ticket_close_asked": _("asked, with a partner's key, for a ticket to be closed"),
        "partner.attachment_added": _("handed in a file for a ticket with a partner's key"),
        "partner.attachment_downloaded": _("downloaded a file of a ticket with a partner's key"),
    }
)
