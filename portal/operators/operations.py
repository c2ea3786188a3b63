"""The operators' page about work: what waits, who works, and what fails in the same way."""

from typing import cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Agency, User
from estates.jobs import failures
from estates.jobs.models import Job
from portal.operators import queues
from portal.operators.overview import overview_of

MOST_LINES = 200
MOST_GROUPS = 50
MOST_HELD = 50


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("jobs.view_job"):
        raise PermissionDenied
    lines, groups = queues.lines(), failures.groups(MOST_GROUPS + 1)
    context = admin.site.each_context(request) | {
        "title": _("Operations"),
        "now": timezone.now(),
        "troubles": queues.troubles(),
        "workers": queues.workers(MOST_HELD),
        "lines": lines[:MOST_LINES],
        "totals": {
            name: sum(getattr(line, name) for line in lines)
            for name in ("queued", "running", "waiting", "failed")
        },
        "more_lines": max(0, len(lines) - MOST_LINES),
        "groups": groups[:MOST_GROUPS],
        "more_groups": len(groups) > MOST_GROUPS,
        "days": failures.LOOKED_BACK.days,
        "may_try_again": request.user.has_perm("jobs.change_job"),
    }
    return render(request, "admin/operations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks whether the failures like this one are to be tried again; the answer is a POST."""
    if not request.user.has_perm("jobs.change_job"):
        raise PermissionDenied
    jobs = Job.objects.across_agencies().select_related("agency").defer("evidence", "checkpoint")
    job = jobs.filter(pk=pk).first()
    if job is None:
        raise Http404
    group = failures.Group.alike(job)
    if group is None:
        messages.info(
            request, _("Nothing of this is left: it was tried again, or a later job has succeeded.")
        )
        return redirect("admin:operations")
    if request.method != "POST":
        agencies = failures.alike(job).order_by().values_list("agency__pk", "agency__name")
        context = admin.site.each_context(request) | {
            "title": _("Try all again"),
            "group": group,
            "agencies": agencies.annotate(number=Count("pk")).order_by("-number", "agency__name"),
            "at_once": min(group.number, failures.AT_ONCE),
        }
        return render(request, "admin/try_failures_again.html", context)
    if group.obstacle:
        messages.error(request, str(group.obstacle))
        return redirect("admin:operations")
    number = failures.try_group_again(group, cast(User, request.user))
    admin.site.get_model_admin(Job).log_change(request, job, f"try all again: {number} × {job.kind}")
    words = ngettext("%(number)s job is tried again.", "%(number)s jobs are tried again.", number)
    messages.success(request, words % {"number": number})
    return redirect("admin:operations")


@require_safe
def agency(request: HttpRequest, pk: int) -> HttpResponse:
    """One agency, on one page."""
    if not request.user.has_perm("accounts.view_agency"):
        raise PermissionDenied
    shown = get_object_or_404(Agency, pk=pk)
    context = admin.site.each_context(request) | {"title": shown.name}
    return render(
        request, "admin/agency_overview.html", context | overview_of(shown, cast(User, request.user))
    )
