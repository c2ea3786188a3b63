from estates.leads.models.forwarding import Forwarding
from estates.leads.models.leads import Lead, LeadEvent, LeadPayload, State
from estates.leads.models.people import Person
from estates.leads.models.sources import Batch, KeyLease, LeadSource, Programme, Pull, StrayItem, Tombstone

__all__ = [
    "Batch",
    "Forwarding",
    "KeyLease",
    "Lead",
    "LeadEvent",
    "LeadPayload",
    "LeadSource",
    "Person",
    "Programme",
    "Pull",
    "State",
    "StrayItem",
    "Tombstone",
]
