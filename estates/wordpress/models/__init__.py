from estates.wordpress.models.health import HealthLook, SiteHealth, Verdict
from estates.wordpress.models.sites import AT_REST, BETWEEN, Site, SiteEvent, SiteKey, State

__all__ = [
    "AT_REST",
    "BETWEEN",
    "HealthLook",
    "Site",
    "SiteEvent",
    "SiteHealth",
    "SiteKey",
    "State",
    "Verdict",
]
