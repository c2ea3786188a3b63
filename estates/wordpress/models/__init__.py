from estates.wordpress.models.sites import AT_REST, BETWEEN, Site, SiteEvent, SiteKey, State

__all__ = ["AT_REST", "BETWEEN", "Site", "SiteEvent", "SiteKey", "State"]
