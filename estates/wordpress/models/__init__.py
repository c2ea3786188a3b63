from estates.wordpress.models.proof import AddressProposal, Cause, Proof, SitePace, Verdict
from estates.wordpress.models.sites import AT_REST, BETWEEN, Site, SiteEvent, SiteKey, State

__all__ = [
    "AT_REST",
    "BETWEEN",
    "AddressProposal",
    "Cause",
    "Proof",
    "Site",
    "SiteEvent",
    "SiteKey",
    "SitePace",
    "State",
    "Verdict",
]
