from django.utils.translation import gettext_lazy as _

from accounts.actions import Label, register_actions, register_details
from estates.jobs.kinds import KINDS


def kind_label(name: str) -> Label:
    kind = KINDS.get(name)
    return kind.label if kind else name


register_actions(
    {
        "job.cancelled": _("cancelled a job"),
        "job.tried_again": _("tried a job again"),
    }
)
register_details({"kind": (_("Job"), kind_label)})
