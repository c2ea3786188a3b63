from estates.wordpress.models.plugins import PluginFile, PluginLook, SitePlugin
from estates.wordpress.models.sites import AT_REST, BETWEEN, Site, SiteEvent, SiteKey, State

__all__ = [
    "AT_REST",
    "BETWEEN",
    "PluginFile",
    "PluginLook",
    "Site",
    "SiteEvent",
    "SiteKey",
    "SitePlugin",
    "State",
]
