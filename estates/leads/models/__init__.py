from estates.leads.models.erasures import MONTHS, ErasedKey, Erasure, ErasureTrace, HashKey, Retention
from estates.leads.models.hours import OfficeHours
from estates.leads.models.leads import Lead, LeadEvent, LeadPayload, State
from estates.leads.models.people import KeptApart, Person, PersonChange
from estates.leads.models.sources import Batch, KeyLease, LeadSource, Programme, Pull, StrayItem, Tombstone

__all__ = [
    "MONTHS",
    "Batch",
    "ErasedKey",
    "Erasure",
    "ErasureTrace",
    "HashKey",
    "KeptApart",
    "KeyLease",
    "Lead",
    "LeadEvent",
    "LeadPayload",
    "LeadSource",
    "OfficeHours",
    "Person",
    "PersonChange",
    "Programme",
    "Pull",
    "Retention",
    "State",
    "StrayItem",
    "Tombstone",
]
