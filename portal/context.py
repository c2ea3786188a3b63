from typing import Any

from django.http import HttpRequest

from accounts.models import Membership
from accounts.roles import Role


def shell(request: HttpRequest) -> dict[str, Any]:
    """What the frame around every page needs: the membership in whose agency the page lies, and what it may do."""
    membership: Membership | None = getattr(request, "membership", None)
    memberships: list[Membership] = getattr(request, "memberships", [])
    if membership and hasattr(request, "impersonation"):
        memberships = [membership]
    return {
        "membership": membership,
        "agency": membership.agency if membership else None,
        "memberships": memberships,
        "may_act": bool(membership and membership.may(Role.AGENT)),
        "may_manage": bool(membership and membership.may(Role.MANAGER)),
        "is_owner": bool(membership and membership.may(Role.OWNER)),
    }
