"""What an operator decides when one version of a plugin has been promised with different bytes."""

from django.db import models, transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import Agency, User
from estates.wordpress.models import PluginFile, SitePlugin


def only_right(file: PluginFile, operator: User) -> None:
    """This build is the right one: it is given out again, all others of its version are not."""
    with transaction.atomic():
        _rivals(file).update(released_at=None, released_by=None)
        _release(file, operator, "plugin.settled")


def release_too(file: PluginFile, operator: User) -> None:
    """This build is right beside others that are, as where each account gets its own."""
    with transaction.atomic():
        _release(file, operator, "plugin.released")


def block_again(file: PluginFile, operator: User) -> None:
    """Takes a decision back: the build waits for another one while it has a rival."""
    with transaction.atomic():
        PluginFile.objects.filter(pk=file.pk).update(released_at=None, released_by=None)
        _record(file, operator, "plugin.blocked")


def agencies_concerned(file: PluginFile) -> list[Agency]:
    """The agencies that are listed any build of this version."""
    listings = SitePlugin.objects.across_agencies().filter(
        file__plugin=file.plugin, file__version=file.version, withdrawn_at=None
    )
    return list(Agency.objects.filter(pk__in=listings.values("agency")).order_by("pk"))


def _release(file: PluginFile, operator: User, action: str) -> None:
    PluginFile.objects.filter(pk=file.pk).update(released_at=timezone.now(), released_by=operator)
    _record(file, operator, action)


def _record(file: PluginFile, operator: User, action: str) -> None:
    """Into the trail of each agency that it concerns; none of them learns of another one."""
    for agency in agencies_concerned(file):
        record(agency, operator, action, f"{file.plugin} {file.version}", sha256=file.sha256)


def _rivals(file: PluginFile) -> models.QuerySet[PluginFile]:
    return PluginFile.objects.filter(plugin=file.plugin, version=file.version).exclude(pk=file.pk)
