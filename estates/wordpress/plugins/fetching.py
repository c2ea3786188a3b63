"""Bringing a plugin's file into the storage: compared with its signature, examined, and only then ready."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO, cast

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from estates.connections.clients import client_for
from estates.jobs.models import OPEN, Job
from estates.jobs.outcomes import storable
from estates.jobs.run import Run
from estates.remotes.errors import Untrusted
from estates.remotes.ts_immo import TsImmoClient
from estates.wordpress.models import PluginFile, SitePlugin
from estates.wordpress.plugins.examine import examine
from estates.wordpress.plugins.looking import FETCH_KIND, fetch_subject, start_fetch
from estates.wordpress.plugins.reasons import Reason, Unfit
from estates.wordpress.switching import require_key

FOLDER, REFUSED = "plugins", "plugins/refused"
"""Where files lie in the storage. Nothing below the second is ever given to anybody."""

State = PluginFile.State


def ask_fetch(plugin: SitePlugin, actor: User | None) -> Job:
    """Asks to fetch a listed plugin's file. Raises `NotNow` where the account's key was deleted."""
    with transaction.atomic():
        require_key(plugin.site)
        jobs = Job.objects.for_agency(plugin.agency).filter(kind=FETCH_KIND, subject=fetch_subject(plugin))
        under_way = jobs.filter(status__in=OPEN).first()
        if under_way:
            return under_way
        record(plugin.agency, actor, "plugin.fetch_asked", str(plugin), site=str(plugin.site))
        return start_fetch(plugin, actor)


def fetch(run: Run) -> None:
    """The work. Whoever fetches the same file at the same time, for whichever agency, does no harm.

    Raises `Untrusted` for a file that is not what was promised, after it was set apart with what was found.
    """
    rows = SitePlugin.objects.for_agency(run.agency).filter(
        withdrawn_at=None, site__connection__removed_at=None
    )
    plugin = rows.filter(pk=run.params["plugin"]).select_related("site__connection__agency", "file").first()
    if plugin is None or plugin.file is None or is_here(plugin.file):
        return
    run.report(0, 1, phase="fetching")
    with TemporaryFile() as body:
        try:
            with client_for(plugin.site.connection, TsImmoClient) as client:
                client.download_plugin(plugin.promise, plugin.site.domain, _heard(body, run))
            examine(cast(BinaryIO, body), plugin.version)
        except Untrusted as forged:
            evidence = ContentFile(forged.body)
            refuse(run, plugin, plugin.file, Reason.OTHER_BYTES, "", forged.sha256, forged.size, evidence)
            raise
        except Unfit as unfit:
            found, size = plugin.file.sha256, body.seek(0, 2)
            refuse(run, plugin, plugin.file, unfit.reason, unfit.detail, found, size, File(body))
            raise Untrusted(f"The archive is unfit: {unfit.reason}") from None
        accept(run, plugin, plugin.file, File(body))


def is_here(file: PluginFile) -> bool:
    return file.state == State.READY and default_storage.exists(file.stored_as)


def accept(run: Run, plugin: SitePlugin, file: PluginFile, body: File[Any]) -> None:
    """The bytes are stored under a name of their own first: a worker that dies leaves no half a file in use."""
    name = default_storage.save(f"{FOLDER}/{file.sha256}.zip", body)
    with run.step(done=1, total=1):
        PluginFile.objects.filter(pk=file.pk).update(
            state=State.READY,
            stored_as=name,
            size=body.size,
            found_sha256=file.sha256,
            reason="",
            detail="",
            fetched_at=timezone.now(),
        )
        detail = {"site": str(plugin.site), "sha256": file.sha256}
        record(run.agency, run.job.asked_by, "plugin.fetched", str(plugin), **detail)


def refuse(
    run: Run,
    plugin: SitePlugin,
    file: PluginFile,
    reason: Reason,
    detail: str,
    found: str,
    size: int,
    evidence: File[Any],
) -> None:
    """Sets a file apart, even one that was ready before: at some agency other bytes have come for it.

    Of the bytes that were refused the last ones are kept, those with a wrong signature up to 2 MB.
    """
    kept = file.evidence_as
    if file.found_sha256 != found or not kept or not default_storage.exists(kept):
        kept = default_storage.save(f"{REFUSED}/{found}.bin", evidence)
    with run.step():
        PluginFile.objects.filter(pk=file.pk).update(
            state=State.REFUSED,
            reason=reason,
            detail=storable(detail),
            found_sha256=found,
            size=size,
            evidence_as=kept,
            fetched_at=timezone.now(),
        )
        said = {"site": str(plugin.site), "reason": str(reason), "sha256": found}
        record(run.agency, run.job.asked_by, "plugin.refused", str(plugin), **said)


class _Heard:
    """A file that tells the run of every piece: a slow download is no silence."""

    def __init__(self, file: IO[bytes], run: Run) -> None:
        self._file, self._run = file, run

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, piece: bytes) -> int:
        self._run.report()
        return self._file.write(piece)


def _heard(file: IO[bytes], run: Run) -> BinaryIO:
    return cast(BinaryIO, _Heard(file, run))
