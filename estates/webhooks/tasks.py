from celery import shared_task
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from accounts.scope import across
from estates.jobs.kinds import job_kind
from estates.jobs.run import Run
from estates.webhooks import delivering, giving_up, mail, retention


@job_kind(
    delivering.KIND, _("Tell a webhook"), phases={"sending": _("Sending messages")}, least_role=Role.OWNER
)
def deliver(run: Run) -> None:
    delivering.deliver(run)


@job_kind(
    giving_up.MAIL,
    _("Mail the owners about a webhook"),
    phases={"mailing": _("Mailing")},
    least_role=Role.OWNER,
)
def mail_owners(run: Run) -> None:
    mail.send(run)


@shared_task(name="webhooks.start_due")
@across()
def start_due() -> None:
    delivering.start_due()


@shared_task(name="webhooks.forget_old")
@across()
def forget_old() -> None:
    retention.forget_old()
