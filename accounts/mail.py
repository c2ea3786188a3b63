"""Mail leaves after the commit, and a mail server that is away never makes a page fail."""

import logging

from django.conf import settings
from django.core.mail import EmailMessage

logger = logging.getLogger(__name__)


def deliver(message: EmailMessage) -> bool:
    """Hands the message to the mail server, waiting EMAIL_TIMEOUT seconds at most; False when it refuses."""
    try:
        message.send()
    except OSError as error:  # smtplib's errors are OSErrors too
        # Neither its subject nor the server's words, which quote addresses, belong into a log.
        logger.error("a mail was not sent: %s", type(error).__name__)
        return False
    return True


def public_url(path: str) -> str:
    """A link for a mail: from PUBLIC_URL, never from the request's Host header."""
    return f"{settings.PUBLIC_URL}{path}"
