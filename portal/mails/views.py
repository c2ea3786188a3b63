"""For operators: every mail as people get it."""

import base64
import hashlib
import re

from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.contrib.admin.views.decorators import staff_member_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from portal.mails.samples import Sample, samples

STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
NONE, SELF = "'none'", "'self'"


@require_safe
@staff_member_required
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "operator/mails.html", {"samples": list(samples())})


@require_safe
@staff_member_required
def detail(request: HttpRequest, name: str) -> HttpResponseBase:
    """A mail in one language, `?language=fr`, as HTML and as text."""
    sample = _sample(name)
    language = request.GET.get("language", "")
    if language not in dict(settings.LANGUAGES):
        language = get_language() or settings.LANGUAGE_CODE
    shown = {"sample": sample, "mail": sample.compose(language), "spoken": language}
    shown["languages"] = settings.LANGUAGES
    framing = csp_update({"frame-src": [SELF]})
    return framing(lambda asked: render(asked, "operator/mail.html", shown))(request)


@require_safe
@staff_member_required
@xframe_options_sameorigin
def page(request: HttpRequest, name: str, language: str) -> HttpResponseBase:
    """The mail's HTML alone, which may do nothing but wear its own style."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    html = str(_sample(name).compose(language).alternatives[0][0])
    styles = [_hash(style) for style in STYLE.findall(html)]
    shut = {kind: [NONE] for kind in ("script-src", "img-src", "font-src", "connect-src", "form-action")}
    policy = shut | {"style-src": styles, "frame-ancestors": [SELF], "sandbox": True}
    return csp_replace(policy)(lambda asked: HttpResponse(html))(request)


def _sample(name: str) -> Sample:
    for sample in samples():
        if sample.name == name:
            return sample
    raise Http404


def _hash(style: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
