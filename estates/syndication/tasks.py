from celery import shared_task
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from accounts.scope import across
from estates.jobs.kinds import job_kind
from estates.jobs.run import Run
from estates.syndication import keeping, looking, retention
from estates.syndication.forecast import pictures
from estates.syndication.incoming import examining
from estates.syndication.incoming import sending as feed_sending
from estates.syndication.outgoing import building
from estates.syndication.pushing import polling, sending


@job_kind(looking.KIND, _("Look through the catalogue"), phases={"judging": _("Checking estates")})
def look(run: Run) -> None:
    looking.look(run)


@job_kind(pictures.KIND, _("Look at pictures"), phases={"looking": _("Asking for pictures")})
def look_at_pictures(run: Run) -> None:
    pictures.look_at_pictures(run)


@job_kind(
    sending.KIND,
    _("Send listings to Seeki"),
    phases={"sending": _("Sending to Seeki")},
    least_role=Role.MANAGER,
)
def send(run: Run) -> None:
    sending.send(run)


@job_kind(polling.KIND, _("Ask Seeki what became of listings"), phases={"asking": _("Asking Seeki")})
def poll(run: Run) -> None:
    polling.poll(run)


@job_kind(examining.KIND, _("Read a feed file"), phases={"reading": _("Reading listings")})
def examine(run: Run) -> None:
    examining.examine(run)


@job_kind(
    feed_sending.KIND,
    _("Send a feed file to Seeki"),
    phases={"splitting": _("Preparing the file"), "sending": _("Sending to Seeki")},
)
def send_feed(run: Run) -> None:
    feed_sending.send(run)


@job_kind(
    building.KIND,
    _("Build a file for a portal"),
    phases={"pictures": _("Fetching pictures")},
    least_role=Role.MANAGER,
)
def build(run: Run) -> None:
    building.build(run)


@shared_task(name="syndication.keep")
@across()
def keep() -> None:
    keeping.keep()


@shared_task(name="syndication.build_due")
@across()
def build_due() -> None:
    building.start_due_builds()


@shared_task(name="syndication.forget_old")
@across()
def forget_old() -> None:
    retention.forget_old()
