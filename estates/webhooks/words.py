"""What comes of a message, in words for the people who look after the receiving side."""

from collections.abc import Mapping
from http import HTTPStatus

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from estates.remotes.errors import Reason
from estates.webhooks.giving_up import GONE
from estates.webhooks.kinds import TEST, EventType
from estates.webhooks.models import Attempt

NOUNS: Mapping[str, str | Promise] = {
    "lead": _("Leads"),
    "estate": _("Estates"),
    "site": _("Sites"),
    "ticket": _("Support tickets"),
    "job": _("Jobs"),
}

REASONS: Mapping[str, str | Promise] = {
    Reason.ADDRESS: _("This is not an address that messages can be sent to."),
    Reason.NAME: _("No name server knows the name in the address. See whether it is spelt right."),
    Reason.NOT_PUBLIC: _("The address leads into a private network, where the portal sends nothing."),
    Reason.CONNECTION: _("Nothing takes connections there. See whether the server is running."),
    Reason.DROPPED: _("The server ended the connection before it had answered."),
    Reason.TIME: _("No whole answer came in time. A receiver should answer first and work afterwards."),
    Reason.TLS: _("No encrypted connection could be made. The server has to offer https."),
    Reason.CERTIFICATE: _("The server's certificate is not trusted: it must come with its whole chain."),
    Reason.CERTIFICATE_EXPIRED: _("The server's certificate has expired."),
    Reason.CERTIFICATE_NAME: _("The server's certificate is for another name."),
    Reason.REDIRECTS: _("The address redirects without end."),
    Reason.REDIRECT: _("The address redirects to where the portal sends nothing."),
    Reason.BROKEN: _("The answer cannot be read: it is cut short, or is not HTTP."),
}
"""Where no whole answer came, by the reason: what is wrong, and what helps."""

STATUSES: Mapping[int, str | Promise] = {
    401: _("The receiver asks for a login. Messages carry a signature alone."),
    403: _("The receiver turns the message away. It may check the signature with another secret."),
    404: _("The receiver knows nothing at this address. See whether it is spelt right."),
    405: _("The receiver takes no POST at this address."),
    GONE: _("The receiver says that this address is gone for good."),
    413: _("The message is too long for the receiver."),
    429: _("The receiver asks for fewer messages."),
}
TAKEN = _("The receiver has taken the message.")
REDIRECTS = _("The receiver redirects, and messages do not follow. Enter the address that it leads to.")
REFUSED = _("The receiver does not take the message. What it answered may say why.")
BROKEN = _("The receiver reports an error of its own. Ask whoever runs it.")
NO_ANSWER = _("No answer came that can be read.")


def event_label(event_type: str) -> str | Promise:
    """An event's words; the code itself for one that is no more."""
    if event_type == TEST:
        return _("Test message")
    return EventType(event_type).label if event_type in EventType else event_type


def verdict(attempt: Attempt) -> str | Promise:
    """A sentence about what came of a try."""
    status = attempt.status
    if status is None:
        return REASONS.get(attempt.reason, NO_ANSWER)
    if status in STATUSES:
        return STATUSES[status]
    family = status // 100
    return {2: TAKEN, 3: REDIRECTS, 5: BROKEN}.get(family, REFUSED)


def status_line(status: int) -> str:
    """A status as the web writes it, such as "404 Not Found"; the number alone where it has no name."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
