from celery import shared_task
from django.utils.translation import gettext_lazy as _

from accounts.scope import across
from estates.jobs.kinds import job_kind
from estates.jobs.run import Run
from support import writing
from support.attachments import retention
from support.delivery import sending, waiting
from support.mails import notices
from support.mirror import due, mirror


@job_kind(
    writing.SEND,
    _("Message to support"),
    phases={"sending": _("Sending"), "checking": _("Looking whether it arrived")},
)
def send(run: Run) -> None:
    sending.send(run)


@job_kind(mirror.KIND, _("Read tickets"), phases={"reading": _("Reading tickets")})
def read(run: Run) -> None:
    mirror.mirror(run)


@job_kind(notices.KIND, _("Mail people about tickets"), phases={"mailing": _("Mailing")})
def mail_notices(run: Run) -> None:
    notices.send(run)


@shared_task(name="support.start_waiting")
@across()
def start_waiting() -> None:
    waiting.start_waiting()
    notices.start_waiting()


@shared_task(name="support.start_mirrors")
@across()
def start_mirrors() -> None:
    due.start_mirrors()


@shared_task(name="support.forget_old_drafts")
@across()
def forget_old_drafts() -> None:
    retention.forget_old_drafts()
