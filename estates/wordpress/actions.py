from django.utils.translation import gettext_lazy as _

from accounts.actions import register_actions, register_details
from estates.wordpress.plugins.reasons import Reason

register_actions(
    {
        "site.added": _("added a site"),
        "site.changed": _("changed a site's key or theme"),
        "site.removed": _("removed a site"),
        "site.activation_asked": _("asked to activate a site"),
        "site.activated": _("activated a site"),
        "site.refused": _("tried to activate a site, which Ts-Immo refused"),
        "site.deactivation_asked": _("asked to deactivate a site"),
        "site.deactivated": _("deactivated a site"),
        "site.kept": _("tried to deactivate a site, which Ts-Immo refused"),
        "site.tried_again": _("asked once more about a site"),
        "site.given_up": _("gave up waiting for an answer about a site"),
        "site.look_asked": _("had a look taken at a site"),
        "sites.replay_asked": _("asked to replay all estates"),
        "sites.replayed": _("had all estates replayed"),
        "site.proofs_asked": _("asked for all estates' pages on a site to be looked at"),
        "site.addresses_asked": _("asked for the estates' pages on a site to be found"),
        "estate.proof_asked": _("asked for an estate's page to be looked at"),
        "estate.address_dismissed": _("dismissed an address that was found for an estate"),
        "plugins.look_asked": _("asked which plugins there are"),
        "plugin.fetch_asked": _("asked to fetch a plugin"),
        "plugin.fetched": _("had a plugin fetched and examined"),
        "plugin.downloaded": _("downloaded a plugin"),
        "plugin.settled": _("decided which file of a plugin's version is the right one"),
        "plugin.released": _("released a file of a plugin's version beside others"),
        "plugin.blocked": _("blocked a file of a plugin's version again"),
        "plugin.refused": _("had a plugin fetched, which was refused"),
        "partner.site_activation_asked": _("asked, with a partner's key, to activate a site"),
        "partner.site_deactivation_asked": _("asked, with a partner's key, to deactivate a site"),
        "partner.sites_replay_asked": _("asked, with a partner's key, to replay all estates"),
        "partner.plugin_fetch_asked": _("asked, with a partner's key, to fetch a plugin"),
        "partner.plugin_downloaded": _("downloaded a plugin with a partner's key"),
    }
)
register_details(
    {
        "site": (_("Site"), str),
        "sha256": ("SHA-256", str),
        "words": (_("Ts-Immo's words"), str),
        "reason": (_("Reason"), lambda value: Reason(value).label if value in Reason else value),
    }
)
