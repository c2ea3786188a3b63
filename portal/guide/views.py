"""The guide for people of agencies. With `?agency=<slug>` its links lead into that agency."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.access import logged_in, membership_of
from accounts.models import Membership
from portal.guide.chapters import CHAPTERS


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponse:
    _enter(request)
    return render(request, "guide/index.html", {"chapters": CHAPTERS})


@require_safe
@login_required
def chapter(request: HttpRequest, place: int) -> HttpResponse:
    """The chapter at that place, in the reader's language."""
    _enter(request)
    spoken = get_language()
    language = spoken if spoken in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    here, following = CHAPTERS[place], CHAPTERS[place + 1 : place + 2]
    shown = {
        "chapter": here,
        "words": f"guide/{language}/{here.name}.html",
        "next": following[0] if following else None,
    }
    return render(request, "guide/chapter.html", shown)


def _enter(request: HttpRequest) -> None:
    """Puts the agency's menu around the page: of the agency that was named, else of the reader's only one.

    Raises `Http404` for an agency that is not the reader's.
    """
    person, slug = logged_in(request), request.GET.get("agency", "")
    if slug:
        request.membership = membership_of(person, slug)  # type: ignore[attr-defined]
        return
    only = Membership.objects.filter(user=person).select_related("agency", "user")[:2]
    if len(only) == 1:
        request.membership = only[0]  # type: ignore[attr-defined]
