"""Where messages may go: to https on the public internet, and to what an operator named."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from estates.connections.web import web_client
from estates.remotes.errors import RemoteError
from estates.remotes.origins import origin, read_addresses


def checked_address(url: str) -> str:
    """The address as it is kept. Raises ValidationError with what is wrong with it.

    Whether its name leads to a public address is found out at each sending, when it counts.
    """
    url = url.strip()
    try:
        with web_client() as client:
            client.check(url)
    except RemoteError:
        raise ValidationError(_("This is not an address that messages can be sent to.")) from None
    if "#" in url:
        raise ValidationError(_("Leave out the part from # on: it never leaves a browser."))
    if origin(url)[0] != "https" and origin(url) not in read_addresses(settings.SITE_ADDRESSES):
        raise ValidationError(_("Messages go to https only: they may be about people."))
    return url
