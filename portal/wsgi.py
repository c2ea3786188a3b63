import os
from collections.abc import Iterable
from email.message import Message
from http.cookies import _unquote
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

from portal.paths import MACHINES, PARTNERS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")


class TextOnly:
    """Answers 400 to what no browser sends and no page could read, before Django tries to.

    Django decodes by whatever codec a request names, also by those that make no text (hex) or text that no
    database holds (unicode_escape). Octal escapes in a cookie may hide a NUL, which PostgreSQL refuses.
    """

    def __init__(self, portal: "WSGIApplication") -> None:
        self.portal = portal

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        # What machines send is kept as bytes, whatever it says that it is.
        if environ.get("PATH_INFO", "").startswith((*MACHINES, PARTNERS)) or (
            is_utf8(environ.get("CONTENT_TYPE", "")) and not hides_nul(environ.get("HTTP_COOKIE", ""))
        ):
            return self.portal(environ, start_response)
        start_response("400 Bad Request", [("Content-Type", "text/plain")])
        return [b"This request is not text in UTF-8."]


def is_utf8(content_type: str) -> bool:
    """Whether a Content-Type names UTF-8 or, as browsers do, no charset."""
    message = Message()
    message["Content-Type"] = content_type
    return str(message.get_param("charset", "utf-8")).lower() == "utf-8"


def hides_nul(cookies: str) -> bool:
    return "\0" in cookies or any(
        "\0" in _unquote(part.partition("=")[2].strip()) for part in cookies.split(";")
    )


application = TextOnly(get_wsgi_application())
