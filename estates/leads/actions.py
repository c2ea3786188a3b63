from django.utils.translation import gettext_lazy as _

from accounts.actions import among, register_actions, register_details
from estates.leads.models import Erasure, State

register_actions(
    {
        "leads.fetch_asked": _("asked to fetch leads"),
        "lead.forward_asked": _("asked to forward a lead to Ts-Immo"),
        "lead.buyer_asked": _("asked to send a partner's buyer to Ts-Immo"),
        "lead.claimed": _("took a lead"),
        "rule.added": _("added a routing rule"),
        "rule.changed": _("changed a routing rule"),
        "rule.moved": _("changed the order of the routing rules"),
        "rule.paused": _("paused a routing rule"),
        "rule.resumed": _("resumed a routing rule"),
        "rule.deleted": _("deleted a routing rule"),
        "leads.import_asked": _("asked to import older leads"),
        "leads.webhook_asked": _("asked AVIV to announce leads"),
        "leads.webhook_changed": _("changed AVIV's announcements"),
        "leads.creation_asked": _("asked to create a lead at AVIV"),
        "leads.creation_repeated": _("asked again to create a lead at AVIV"),
        "leads.creation_forgotten": _("dropped a lead that was to be created at AVIV"),
        "leads.mode_set": _("changed whether contacts are pulled"),
        "person.merged": _("merged two people"),
        "person.split": _("split a person in two"),
        "person.kept_apart": _("said that two people are not the same"),
        "person.undone": _("undid a change of people"),
        "person.exported": _("exported all that is held on a person"),
        "person.erased": _("erased a person"),
        "leads.erased": _("erased leads"),
        "leads.expired": _("erased leads whose time had ended"),
        "leads.purge_asked": _("asked to erase people without contact"),
        "retention.set": _("changed how long silent people are kept"),
        "lead.state_set": _("changed the state of leads"),
        "lead.assigned": _("put somebody in charge of leads"),
        "partner.lead_created": _("had a lead created at AVIV with a partner's key"),
        "partner.lead_state_set": _("changed the state of a lead with a partner's key"),
        "partner.lead_noted": _("left a note on a lead with a partner's key"),
        "partner.buyer_sent": _("sent a buyer for an estate with a partner's key"),
        "leads.exported": _("exported leads"),
        "leads.hours_set": _("changed the office hours"),
    }
)
register_details(
    {
        "other": (_("The other person"), str),
        "leads": (_("Leads"), str),
        "receipt": (_("Receipt"), str),
        "why": (_("Reason"), among(Erasure.Reason.choices)),
        "months": (_("Months"), str),
        "since": (_("Without contact since"), str),
        "automatic": (_("By itself"), str),
        "state": (_("State"), among(State.choices)),
        "assignee": (_("In charge"), str),
    }
)
