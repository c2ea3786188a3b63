"""How long files are kept that no list names any more."""

from datetime import timedelta

from django.core.files.storage import default_storage
from django.utils import timezone

from estates.wordpress.models import PluginFile, SitePlugin
from estates.wordpress.plugins.fetching import FOLDER, REFUSED

KEPT = timedelta(days=90)
"""After the last look that named them. Who comes back to an older version within that time finds it here."""
LEFT_OVER = timedelta(days=1)


def forget_old_files() -> int:
    """Deletes builds that no list has named for `KEPT`, and returns how many.

    Refused ones stay for the operators, and so does every build of a version that anybody is still listed: without
    it the same version with other bytes would go unnoticed.
    """
    before = timezone.now() - KEPT
    SitePlugin.objects.across_agencies().filter(withdrawn_at__lt=before).delete()
    listings = SitePlugin.objects.across_agencies().exclude(file=None)
    named = set(listings.values_list("file__plugin", "file__version"))
    old = PluginFile.objects.filter(listed_at__lt=before).exclude(state=PluginFile.State.REFUSED)
    forgotten = 0
    for file in old:
        # A look may name it again at this very moment.
        if (file.plugin, file.version) not in named:
            deleted, _ = PluginFile.objects.filter(pk=file.pk, listed_at=file.listed_at).delete()
            forgotten += deleted
    sweep()
    return forgotten


def sweep() -> int:
    """Deletes what no build names, and returns how many files those were.

    A worker that dies between storing and noting leaves such a file, and so does evidence that newer evidence has
    taken the place of; the latter is kept for as long as files are.
    """
    named = set(PluginFile.objects.values_list("stored_as", flat=True))
    named |= set(PluginFile.objects.values_list("evidence_as", flat=True))
    return _sweep(FOLDER, named, LEFT_OVER) + _sweep(REFUSED, named, KEPT)


def _sweep(folder: str, named: set[str], after: timedelta) -> int:
    try:
        names = default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return 0
    swept = 0
    for name in names:
        path = f"{folder}/{name}"
        if path not in named and default_storage.get_modified_time(path) < timezone.now() - after:
            default_storage.delete(path)
            swept += 1
    return swept
