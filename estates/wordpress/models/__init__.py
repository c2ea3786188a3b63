from estates.wordpress.models.health import Condition, HealthLook, SiteHealth
from estates.wordpress.models.proof import AddressProposal, Cause, Proof, SitePace, Verdict
from estates.wordpress.models.sites import AT_REST, BETWEEN, Site, SiteEvent, SiteKey, State

__all__ = [
    "AT_REST",
    "BETWEEN",
    "AddressProposal",
    "Cause",
    "Condition",
    "HealthLook",
    "Proof",
    "Site",
    "SiteEvent",
    "SiteHealth",
    "SiteKey",
    "SitePace",
    "State",
    "Verdict",
]
