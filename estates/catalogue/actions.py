from django.utils.translation import gettext_lazy as _

from accounts.actions import register_actions, register_details

register_actions(
    {
        "search.saved": _("saved a search"),
        "search.renamed": _("renamed a saved search"),
        "search.deleted": _("deleted a saved search"),
        "estate.public_url_asked": _("asked for an estate's address on the site to be set"),
        "estate.public_url_set": _("set an estate's address on the site"),
        "estate.replay_asked": _("asked for an estate to be sent again"),
        "estate.replayed": _("had an estate sent again"),
        "partner.estate_url_asked": _("asked, with a partner's key, for an estate's address to be set"),
        "partner.estate_replay_asked": _("asked, with a partner's key, for an estate to be sent again"),
        "estates.exported": _("exported estates"),
        "catalogue.removals_confirmed": _("confirmed that missing estates are gone"),
        "catalogue.estates_kept": _("kept the missing estates"),
        "catalogue.sync_asked": _("asked for a sync"),
        "catalogue.interval_set": _("changed how often estates are synced"),
    }
)
register_details(
    {
        "url": (_("Address"), str),
        "query": (_("Filters"), str),
        "estates": (_("Estates"), str),
        "minutes": (_("Minutes between two syncs"), str),
    }
)
