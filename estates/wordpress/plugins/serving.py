"""Giving a plugin's file to people and partners: streamed from the storage, whole or from where it broke off."""

import re

from django.core.cache import cache
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from whitenoise.responders import SlicedFile

from accounts.audit import record
from accounts.models import PartnerKey, User
from estates.wordpress.models import PluginFile, SitePlugin
from estates.wordpress.plugins.ranges import Unsatisfiable, byte_range

PIECE = 64 * 1024
GOES_ON = 3600
"""Seconds within which a range from the middle belongs to a download that is in the trail already."""


def answer(
    request: HttpRequest, plugin: SitePlugin, file: PluginFile, taker: User | PartnerKey
) -> HttpResponseBase:
    """The file of a plugin that is ready. Raises `FileNotFoundError` where the storage has lost it.

    Every GET of the whole file or from its beginning is an entry of the audit trail. A range from the middle is one
    too, unless this taker began to download this file within the last hour; HEAD and answers without content
    are none.
    """
    etag = f'"{file.sha256}"'
    size = file.size or 0
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="{filename_of(plugin)}"',
        "ETag": etag,
    }
    plain = HttpResponse(headers=headers)
    short = get_conditional_response(request, etag=etag, response=plain)
    if short is not None and short is not plain:
        return short
    if request.method == "HEAD":
        return HttpResponse(content_type="application/zip", headers={**headers, "Content-Length": str(size)})
    try:
        part = byte_range(request.headers.get("Range", ""), size)
    except Unsatisfiable:
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    if request.headers.get("If-Range", etag) != etag:
        part = None
    body = default_storage.open(file.stored_as)
    note_download(plugin, file, taker, begins=not (part and part[0]))
    return _streamed(body, part, size, headers)


def _streamed(body: File, part: tuple[int, int] | None, size: int, headers: dict[str, str]) -> FileResponse:
    """The whole file goes out as the server knows best (sendfile); a range is read piece by piece."""
    response = FileResponse(body if part is None else SlicedFile(body, *part), content_type="application/zip")
    response.block_size = PIECE
    for name, value in headers.items():
        response[name] = value
    response["Content-Length"] = str(size)
    if part:
        start, end = part
        response.status_code = 206
        response["Content-Length"] = str(end - start + 1)
        response["Content-Range"] = f"bytes {start}-{end}/{size}"
    return response


def note_download(plugin: SitePlugin, file: PluginFile, taker: User | PartnerKey, *, begins: bool) -> None:
    known = f"plugin-download:{plugin.agency_id}:{type(taker).__name__}:{taker.pk}:{file.pk}"
    if not begins and cache.get(known):
        return
    detail = {"site": str(plugin.site), "sha256": file.sha256}
    if isinstance(taker, PartnerKey):
        record(plugin.agency, None, "partner.plugin_downloaded", str(plugin), key=str(taker), **detail)
    else:
        record(plugin.agency, taker, "plugin.downloaded", str(plugin), **detail)
    cache.set(known, True, GOES_ON)


def filename_of(plugin: SitePlugin) -> str:
    """Such as `ts-immo-sync-2.1.0.zip`, from letters that every system takes."""
    name, version = _plain(plugin.name) or f"plugin-{plugin.pk}", _plain(plugin.version)
    return f"{name}-{version}.zip" if version else f"{name}.zip"


def _plain(word: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", word).strip("-.")[:80]
