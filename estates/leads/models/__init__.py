from estates.leads.models.erasures import MONTHS, ErasedKey, Erasure, ErasureTrace, HashKey, Retention
from estates.leads.models.forwarding import Forwarding, SentBuyer
from estates.leads.models.hours import OfficeHours
from estates.leads.models.leads import Lead, LeadEvent, LeadPayload, State
from estates.leads.models.people import KeptApart, Person, PersonChange
from estates.leads.models.routing import Digest, LeadOffer, Notice, RoutingRule
from estates.leads.models.sources import Batch, KeyLease, LeadSource, Programme, Pull, StrayItem, Tombstone
from estates.leads.models.webhooks import SentLead, WebhookCall, WebhookKey, WebhookSubscription

__all__ = [
    "MONTHS",
    "Batch",
    "Digest",
    "ErasedKey",
    "Erasure",
    "ErasureTrace",
    "Forwarding",
    "HashKey",
    "KeptApart",
    "KeyLease",
    "Lead",
    "LeadEvent",
    "LeadOffer",
    "LeadPayload",
    "LeadSource",
    "Notice",
    "OfficeHours",
    "Person",
    "PersonChange",
    "Programme",
    "Pull",
    "Retention",
    "RoutingRule",
    "SentBuyer",
    "SentLead",
    "State",
    "StrayItem",
    "Tombstone",
    "WebhookCall",
    "WebhookKey",
    "WebhookSubscription",
]
