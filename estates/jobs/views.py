from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.jobs.control import cancel, try_again
from estates.jobs.forms import JobFilter
from estates.jobs.models import Job

PAGE = 50


def job_of(membership: Membership, pk: int) -> Job:
    return get_object_or_404(
        Job.objects.for_agency(membership.agency).select_related("asked_by", "partner_key").defer("evidence"),
        pk=pk,
    )


def steered_by(membership: Membership, pk: int) -> Job:
    """The job, for who may stop it or try it again. Raises `PermissionDenied`."""
    job = job_of(membership, pk)
    if not membership.may(job.least_role):
        raise PermissionDenied
    return job


@require_safe
@member_view()
def index(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The agency's jobs, newest first, a page of fifty by id."""
    form = JobFilter(request.GET)
    form.is_valid()
    jobs = (
        Job.objects.for_agency(membership.agency)
        .filter(**form.conditions())
        .select_related("asked_by", "partner_key")
    )
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        jobs = jobs.filter(pk__lt=int(before))
    page = list(jobs.defer("evidence", "checkpoint").order_by("-pk")[: PAGE + 1])
    context = {"form": form, "jobs": page[:PAGE], "older": page[PAGE - 1].pk if len(page) > PAGE else None}
    return render(request, "jobs/index.html", context)


@require_safe
@member_view()
def detail(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    job = job_of(membership, pk)
    return render(request, "jobs/detail.html", {"job": job, "events": job.events.all()})


@require_safe
@member_view()
def progress(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """The fragment that shows a job and asks for itself until the job has ended; then it tells the page."""
    job = job_of(membership, pk)
    response = render(request, "jobs/_job.html", {"job": job})
    if not job.is_open:
        response["HX-Trigger"] = "job-finished"
    return response


@require_POST
@member_view(Role.AGENT)
def again(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    job, _is_new = try_again(steered_by(membership, pk), membership.user)
    return redirect("jobs:detail", membership.agency.slug, job.pk)


@require_POST
@member_view(Role.AGENT)
def stop(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    job = steered_by(membership, pk)
    if cancel(job, membership.user):
        job.refresh_from_db(fields=["status"])
        words = _("The job stops at the next step.") if job.is_open else _("The job is cancelled.")
        messages.success(request, words + " " + _("What it has already done stays done."))
    else:
        messages.info(request, _("The job has already ended."))
    return redirect("jobs:detail", membership.agency.slug, pk)
