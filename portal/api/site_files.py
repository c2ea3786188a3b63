"""The files of a site's plugins."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from ninja import Field, Schema

from accounts.models import PartnerKey, Scope
from estates.wordpress.models import SitePlugin
from estates.wordpress.plugins import serving
from estates.wordpress.plugins.fetching import ask_fetch
from estates.wordpress.plugins.listing import Standing, last_fetches, shown, standing_of
from estates.wordpress.plugins.looking import fetch_subject
from estates.wordpress.states import NotNow
from portal.api.errors import Error, Refusal
from portal.api.keys import needs
from portal.api.sites import ERRORS, router, site_of

RANGES = {
    412: "If-Match: the file is another one",
    416: "Range: beyond the end of the file",
}
NO_FILE = {
    Standing.WITHDRAWN: (404, "Ts-Immo no longer lists this plugin for the site."),
    Standing.UNSIGNED: (404, "Ts-Immo names no signature for this file, so that it cannot be checked."),
    Standing.BLOCKED: (
        409,
        "Ts-Immo has promised different content under the same version. Nobody is given the file until it is known "
        "which one is right.",
    ),
}
"""Why a file is not given out, whoever asks."""
FILE = {
    "parameters": [
        {
            "in": "header",
            "name": "Range",
            "description": "One range, to go on with a download that broke off; with `If-Range: <ETag>`",
            "schema": {"type": "string"},
            "example": "bytes=1048576-",
        }
    ],
    "responses": {
        status: {
            "content": {"application/zip": {}},
            "headers": {
                "ETag": {"description": "The SHA-256 of the whole file", "schema": {"type": "string"}},
                "Content-Disposition": {
                    "description": "The file's name, with its version",
                    "schema": {"type": "string"},
                },
            },
        }
        for status in (200, 206)
    },
}


class PluginAsked(Schema):
    """The file is being fetched and examined: the job says how that stands (GET /jobs/{id})."""

    id: int = Field(description="The plugin's", examples=[34])
    job: int = Field(examples=[4711])


@router.get(
    "/{int:site_id}/plugins/{int:plugin_id}/download",
    auth=needs(Scope.SITES_READ),
    response={200: None, 202: PluginAsked, 206: None, 304: None}
    | {404: Error, 409: Error, 412: Error, 416: Error}
    | ERRORS,
    openapi_extra=FILE,
)
def site_plugin(request: HttpRequest, site_id: int, plugin_id: int) -> HttpResponseBase:
    """Download a plugin's file: the zip that Ts-Immo signed, examined here.

    202 where it is not here yet: it is being fetched, come back when the job is done. 409 where it was refused, or
    cannot be fetched; 404 where there is none to give.
    """
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    found = shown(site_of(key, site_id)).select_related("site__agency").filter(pk=plugin_id).first()
    if found is None:
        raise Refusal(404, "Not found")
    standing = standing_of(found)
    if standing in NO_FILE:
        raise Refusal(*NO_FILE[standing])
    if standing == Standing.READY and found.file:
        try:
            return _given(serving.answer(request, found, found.file, key))
        except FileNotFoundError:
            return _fetched(key, found)
    if standing == Standing.REFUSED and found.file:
        raise Refusal(409, f"The file was refused. {found.file.sentence}".strip())
    return _fetched(key, found)


def _given(answer: HttpResponseBase) -> HttpResponseBase:
    """The same answer, its errors in the envelope."""
    words = RANGES.get(answer.status_code)
    if words is None:
        return answer
    kept = ("Accept-Ranges", "Content-Range", "ETag")
    raise Refusal(answer.status_code, words, {name: answer[name] for name in kept if name in answer})


def _fetched(key: PartnerKey, plugin: SitePlugin) -> HttpResponse:
    """202 with the job that brings the file; one that is under way already is that one."""
    job = last_fetches(key.agency, [plugin]).get(fetch_subject(plugin))
    if job is None or not job.is_open:
        try:
            job = ask_fetch(plugin, None)
        except NotNow as refusal:
            raise Refusal(409, str(refusal.words)) from None
    return JsonResponse({"id": plugin.pk, "job": job.pk}, status=202, headers={"Retry-After": "5"})
