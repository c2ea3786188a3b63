from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from support.bundles.failures import failure_of
from support.bundles.filling import fill

LEAST = {"connection": Role.MANAGER}
"""Who may tell of what only some may see."""


@require_POST
@member_view(Role.AGENT)
def about(request: HttpRequest, membership: Membership, what: str, pk: int) -> HttpResponse:
    """Puts what failed into the person's draft of a new ticket, and leads there: nothing goes before it was seen."""
    if not membership.may(LEAST.get(what, Role.AGENT)):
        raise PermissionDenied
    failure = failure_of(membership.agency, what, pk)
    if failure is None:
        messages.info(
            request, _("By now nothing is wrong with this, so nothing was written down for support.")
        )
    else:
        fill(membership, failure)
        messages.info(
            request,
            _("What is known of the failure stands in the message. Change what you like, then send it."),
        )
    return redirect("support:new", membership.agency.slug)
