from estates.leads.models.leads import Lead, LeadEvent, LeadPayload, State
from estates.leads.models.people import Person
from estates.leads.models.sources import Batch, KeyLease, LeadSource, Programme, Pull, StrayItem, Tombstone
from estates.leads.models.webhooks import SentLead, WebhookCall, WebhookKey, WebhookSubscription

__all__ = [
    "Batch",
    "KeyLease",
    "Lead",
    "LeadEvent",
    "LeadPayload",
    "LeadSource",
    "Person",
    "Programme",
    "Pull",
    "SentLead",
    "State",
    "StrayItem",
    "Tombstone",
    "WebhookCall",
    "WebhookKey",
    "WebhookSubscription",
]
