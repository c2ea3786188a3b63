from accounts.models.impersonation import Impersonation
from accounts.models.mails import MailChoice, MailKind
from accounts.models.partners import IdempotentCall, PartnerKey, PartnerKeyDay, Scope
from accounts.models.people import Agency, Invitation, Membership, User, UserManager, new_invitation_token
from accounts.models.trail import AppendOnlyRows, AuditChain, AuditEntry

__all__ = [
    "Agency",
    "AppendOnlyRows",
    "AuditChain",
    "AuditEntry",
    "IdempotentCall",
    "Impersonation",
    "Invitation",
    "MailChoice",
    "MailKind",
    "Membership",
    "PartnerKey",
    "PartnerKeyDay",
    "Scope",
    "User",
    "UserManager",
    "new_invitation_token",
]
