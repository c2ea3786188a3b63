"""Every mail of the portal is composed here, in the language of who reads it, as plain text and as HTML.

It leaves after the commit, and a mail server that is away never makes a page fail.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts.mail_choices import address_to_stop
from accounts.models import Agency, MailKind, User

SUBJECT_LIMIT = 150

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reader:
    """Whom a mail is for, and in which language and zone it speaks.

    `stop` is the path that switches its kind off, "" where it is for safety; `choices` that of the person's page
    of mails, "" for people who have none.
    """

    address: str
    language: str
    zone: str
    stop: str = ""
    choices: str = ""


def reader_of(user: User, agency: Agency, kind: MailKind | None = None) -> Reader:
    """A member, whose own language beats the agency's. Without a `kind` the mail cannot be switched off."""
    return Reader(
        user.email,
        user.language or agency.language,
        agency.time_zone,
        stop=address_to_stop(agency, user, kind) if kind else "",
        choices=reverse("mails"),
    )


def compose(
    template: str, says: Mapping[str, Any], reader: Reader, reply_to: str = ""
) -> EmailMultiAlternatives:
    """The mail of `<template>_subject.txt`, `.txt` and `.html`: each form says everything by itself.

    What others wrote may be among what it `says`: the subject stays one line, and the HTML escapes it.
    """
    stop = public_url(reader.stop) if reader.stop else ""
    context = {**says, "stop": stop, "choices": public_url(reader.choices) if reader.choices else ""}
    with translation.override(reader.language), timezone.override(reader.zone):
        subject = one_line(render_to_string(f"{template}_subject.txt", context))[:SUBJECT_LIMIT]
        text = render_to_string(f"{template}.txt", context)
        page = render_to_string(f"{template}.html", {**context, "title": subject})
    headers = {"Auto-Submitted": "auto-generated"}
    if stop:
        # RFC 8058: whoever shows the mail may post to the address when its reader asks for it.
        headers |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = EmailMultiAlternatives(
        subject,
        text.strip() + "\n",
        to=[reader.address],
        reply_to=[reply_to] if reply_to else None,
        headers=headers,
    )
    message.attach_alternative(page, "text/html")
    return message


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


def one_line(text: str) -> str:
    """Without line breaks and other signs that nobody sees: a header ends where its line does."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
