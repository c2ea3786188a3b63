"""What an operator decides when one version of a plugin has been promised with different bytes.

A decision that would change nothing raises `ValidationError`, which says why, and stands in no trail.
"""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.audit import record
from accounts.models import Agency, User
from estates.wordpress.models import PluginFile, SitePlugin

ALONE = _("Left alone: no other file of this version is known.")
REFUSED = _("Left alone: it is refused, which no release changes. %(reason)s")
RELEASED = _("Left alone: it is released already.")
NOT_RELEASED = _("Left alone: it is not released.")
ONLY_ONE = _("Left alone: it is the only one that is released already.")


def only_right(file: PluginFile, operator: User) -> None:
    """This build is the right one: it is given out again, all others of its version are not."""
    _demand_rival(file)
    with transaction.atomic():
        withdrawn = _withdraw(_rivals(file))
        if not _release(file, operator) and not withdrawn:
            raise ValidationError(ONLY_ONE)
        _record(file, operator, "plugin.settled")


def release_too(file: PluginFile, operator: User) -> None:
    """This build is right beside others that are, as where each account gets its own."""
    if file.state == PluginFile.State.REFUSED:
        raise ValidationError(REFUSED, params={"reason": file.sentence})
    _demand_rival(file)
    with transaction.atomic():
        if not _release(file, operator):
            raise ValidationError(RELEASED)
        _record(file, operator, "plugin.released")


def block_again(file: PluginFile, operator: User) -> None:
    """Takes a decision back: the build waits for another one while it has a rival."""
    _demand_rival(file)
    with transaction.atomic():
        if not _withdraw(PluginFile.objects.filter(pk=file.pk)):
            raise ValidationError(NOT_RELEASED)
        _record(file, operator, "plugin.blocked")


def agencies_concerned(file: PluginFile) -> list[Agency]:
    """The agencies that are listed any build of this version."""
    listings = SitePlugin.objects.across_agencies().filter(
        file__plugin=file.plugin, file__version=file.version, withdrawn_at=None
    )
    return list(Agency.objects.filter(pk__in=listings.values("agency")).order_by("pk"))


def _demand_rival(file: PluginFile) -> None:
    if not _rivals(file).exists():
        raise ValidationError(ALONE)


def _release(file: PluginFile, operator: User) -> int:
    blocked = PluginFile.objects.filter(pk=file.pk, released_at=None)
    return blocked.update(released_at=timezone.now(), released_by=operator)


def _withdraw(files: models.QuerySet[PluginFile]) -> int:
    return files.exclude(released_at=None).update(released_at=None, released_by=None)


def _record(file: PluginFile, operator: User, action: str) -> None:
    """Into the trail of each agency that it concerns; none of them learns of another one."""
    for agency in agencies_concerned(file):
        record(agency, operator, action, f"{file.plugin} {file.version}", sha256=file.sha256)


def _rivals(file: PluginFile) -> models.QuerySet[PluginFile]:
    return PluginFile.objects.filter(plugin=file.plugin, version=file.version).exclude(pk=file.pk)
