"""Where the portal's way of logging in differs from allauth's."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import account_mails
from accounts.mail import deliver, public_url


class AccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In our words; a mail server that is away gives a message instead of an error page."""
        links = {name: from_public_url(link) for name, link in context.items() if name.endswith("_url")}
        message = account_mails.compose(template_prefix, email, {**context, **links})
        if not deliver(message) and self.request:
            messages.error(self.request, _("The mail could not be sent. Please try again in a few minutes."))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Not the empty form once more."""
        return reverse("profile")


def from_public_url(link: str) -> str:
    """The same page under PUBLIC_URL: a forged Host header must not choose where a mailed token goes."""
    return public_url(urlsplit(link)._replace(scheme="", netloc="").geturl())
