from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from estates.connections import refusals
from estates.connections.check import KIND, check_key
from estates.jobs.kinds import job_kind
from estates.jobs.run import Run


@job_kind(KIND, _("Check a key"), phases={"asking": _("Asking the remote system")}, least_role=Role.OWNER)
def check(run: Run) -> None:
    check_key(run)


@job_kind(
    refusals.MAIL,
    _("Mail the owners about a refused key"),
    phases={"mailing": _("Mailing")},
    least_role=Role.OWNER,
)
def mail_owners(run: Run) -> None:
    refusals.send(run)
