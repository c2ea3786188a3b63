"""What no browser sends is refused before Django reads it, for Django would stumble over it."""

import subprocess
import sys
from io import BytesIO

import pytest
from django.test import RequestFactory

from portal.wsgi import application, hides_nul, is_utf8

FORM = "multipart/form-data; boundary=x; charset="


def asked(verb: str = "GET", body: bytes = b"", **headers) -> str:
    """The status line of the login page's answer to a request with a query string."""
    environ = RequestFactory().generic(verb, "/account/login/", body, QUERY_STRING="next=%5Cud800").environ
    said: list[str] = []
    application(
        environ | {"wsgi.input": BytesIO(body), **headers}, lambda status, headers, *_: said.append(status)
    )
    return said[0]


@pytest.mark.parametrize("verb", ["GET", "POST"])
@pytest.mark.parametrize(
    "charset", ["hex", "unicode_escape", "utf-16", "rot13", "zlib", "nonsense", "\0", '"hex"']
)
def test_other_charsets_are_refused(db, verb, charset):
    assert asked(verb, b"--x--", CONTENT_TYPE=FORM + charset) == "400 Bad Request"


@pytest.mark.parametrize("kind", [FORM + "utf-8", FORM + '"UTF-8"', "application/json", "", ";;=", "é"])
def test_browsers_are_not(db, kind):
    assert is_utf8(kind)
    assert asked(CONTENT_TYPE=kind) == "200 OK"


@pytest.mark.parametrize(
    "cookie", ['sessionid="\\000aaaaaaaaaaaa"', 'a=b; sessionid = "a\\000aaaaaaaaaaaa"', "sessionid=a\0"]
)
def test_a_cookie_with_a_hidden_nul_is_refused(db, cookie):
    assert asked(HTTP_COOKIE=cookie) == "400 Bad Request"


@pytest.mark.parametrize("cookie", ["", 'x="\\377\\042"; =; ;; y', "sessionid=a\\000", 'x="\\\\000"'])
def test_other_odd_cookies_are_not(db, cookie):
    assert not hides_nul(cookie)
    assert asked(HTTP_COOKIE=cookie) == "200 OK"


def test_it_sets_django_up_by_itself():
    """What it imports before must not need Django's models: servers import nothing else."""
    code = "import tests.environment, portal.wsgi; print(type(portal.wsgi.application).__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "TextOnly"), done.stderr
