from django.utils.translation import gettext_lazy as _

from accounts.actions import among, register_actions, register_details
from estates.leads.models import State

register_actions(
    {
        "leads.fetch_asked": _("asked to fetch leads"),
        "leads.mode_set": _("changed whether contacts are pulled"),
        "lead.state_set": _("changed the state of leads"),
        "lead.assigned": _("put somebody in charge of leads"),
        "leads.exported": _("exported leads"),
        "leads.hours_set": _("changed the office hours"),
    }
)
register_details(
    {
        "state": (_("State"), among(State.choices)),
        "assignee": (_("In charge"), str),
        "leads": (_("Leads"), str),
    }
)
