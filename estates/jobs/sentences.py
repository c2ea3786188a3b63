"""What a person reads about a job's errors and history."""

from django.utils.translation import gettext_lazy as _

ERRORS = {
    "unreachable": _("The remote system could not be reached."),
    "throttled": _("The remote system asked us to slow down."),
    "unauthorised": _("The remote system did not accept the key, or does not let it do this."),
    "wrongenvironment": _("The key is for the other environment of the remote system. Nothing was sent."),
    "notfound": _("The remote system does not know this."),
    "refused": _("The remote system refused this."),
    "toolarge": _("The remote system does not take as much as this at once."),
    "malformed": _("The remote system gave an answer that cannot be read."),
    "untrusted": _(
        "The file that came is not what was promised. It was given to nobody, and is kept for the operators."
    ),
    "too_slow": _("This took longer than a worker may spend on it in one go."),
    "crashed": _("Its worker died several times while working on this; it was stopped so that others go on."),
    "internal": _("Something went wrong in the portal itself. The operators can find it under the id below."),
}
"""What happened, by the kind of error; the remote's own words stand beside it."""

EVENTS = {
    "asked": _("Asked for"),
    "postponed": _("Did not work; will be tried again"),
    "taken-back": _("Its worker went away; another one takes over"),
    "done": _("Done"),
    "failed": _("Failed"),
    "cancelled": _("Cancelled"),
}
