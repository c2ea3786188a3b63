from estates.leads.models.forwarding import Forwarding
from estates.leads.models.leads import Lead, LeadEvent, LeadPayload, State
from estates.leads.models.people import Person
from estates.leads.models.routing import Digest, DigestWish, LeadOffer, Notice, RoutingRule
from estates.leads.models.sources import Batch, KeyLease, LeadSource, Programme, Pull, StrayItem, Tombstone

__all__ = [
    "Batch",
    "Digest",
    "DigestWish",
    "Forwarding",
    "KeyLease",
    "Lead",
    "LeadEvent",
    "LeadOffer",
    "LeadPayload",
    "LeadSource",
    "Notice",
    "Person",
    "Programme",
    "Pull",
    "RoutingRule",
    "State",
    "StrayItem",
    "Tombstone",
]
