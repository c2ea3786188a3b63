from estates.leads.models.hours import OfficeHours
from estates.leads.models.leads import Lead, LeadEvent, LeadPayload, State
from estates.leads.models.people import Person
from estates.leads.models.sources import Batch, KeyLease, LeadSource, Pull, StrayItem, Tombstone

__all__ = [
    "Batch",
    "KeyLease",
    "Lead",
    "LeadEvent",
    "LeadPayload",
    "LeadSource",
    "OfficeHours",
    "Person",
    "Pull",
    "State",
    "StrayItem",
    "Tombstone",
]
