"""What can be wrong with a website, on its pages and at its certificate; for one site, its neighbours stay well."""

import socket
import ssl
import time
from datetime import UTC, datetime, timedelta

import pytest
import urllib3
from cryptography import x509

from portal.sandbox import sandbox
from tests.sandbox.websites.conftest import DOMAIN, HOME

NEIGHBOUR = "https://www.riviera.example/"


@pytest.fixture(autouse=True)
def neighbour(box, visit):
    box.websites.add("www.riviera.example", box.account("riviera"))
    yield
    assert visit(NEIGHBOUR).status == 200


def spoil(box, kind, **fields):
    box.fault(kind, site=DOMAIN, **fields)


def test_down(box, visit):
    spoil(box, "dropped")
    with pytest.raises(urllib3.exceptions.ProtocolError):
        visit(HOME)
    with pytest.raises(urllib3.exceptions.ProtocolError):
        visit(f"http://{DOMAIN}/")


def test_slow(box, visit):
    spoil(box, "slow", value=300)
    started = time.monotonic()
    assert visit(HOME).status == 200
    assert time.monotonic() - started >= 0.3


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("error_500", 500, "erreur critique"),
        ("unavailable_503", 503, "maintenance"),
        ("forbidden", 403, "403"),
    ],
)
def test_error_pages(box, visit, kind, status, words):
    spoil(box, kind)
    answer = visit(HOME)
    assert answer.status == status
    assert answer.headers["Content-Type"].startswith("text/html")
    assert words in answer.data.decode()


def test_maintenance_says_when_to_come_back(box, visit):
    spoil(box, "unavailable_503")
    assert visit(HOME).headers["Retry-After"] == "600"


def test_redirect_elsewhere(box, visit):
    spoil(box, "redirect", value="https://www.elsewhere.example/")
    answer = visit(HOME)
    assert (answer.status, answer.headers["Location"]) == (302, "https://www.elsewhere.example/")


def test_noindex(box, visit):
    assert "noindex" not in visit(HOME).data.decode()
    spoil(box, "noindex")
    assert "content='noindex, nofollow'" in visit(HOME).data.decode()
    assert visit(f"{HOME}wp-sitemap.xml").status == 404
    assert b"Sitemap" not in visit(f"{HOME}robots.txt").data


def test_no_rest_root(box, visit):
    spoil(box, "no_rest")
    home = visit(HOME)
    assert "Link" not in home.headers
    assert b"api.w.org" not in home.data
    assert visit(f"{HOME}wp-json/").status == 404


def test_the_plugin_is_off(box, visit, published):
    spoil(box, "plugin_off")
    home = visit(HOME).data.decode()
    assert "[ts_immo_listings]" in home
    assert "MART-" not in home
    assert "[ts_immo_contact]" in visit(f"{HOME}contact/").data.decode()
    assert visit(published()[0].public_url).status == 404
    assert b"bien" not in visit(f"{HOME}wp-sitemap.xml").data


def test_a_body_without_end(box, visit):
    spoil(box, "flood")
    answer = visit(HOME, preload_content=False)
    assert len(answer.read(3_000_000)) == 3_000_000
    answer.close()


def test_one_page_only(box, visit):
    spoil(box, "error_500", path="/wp-json/")
    assert visit(f"{HOME}wp-json/").status == 500
    assert visit(HOME).status == 200


def test_a_fault_of_pages_leaves_other_systems_alone(box, caller):
    box.fault("plugin_off")
    box.fault("certificate_expired")
    assert caller(box).get("/estates").status_code == 200
    box.clear_faults()


def refused(visit) -> str:
    with pytest.raises(urllib3.exceptions.SSLError) as error:
        visit(HOME)
    return str(error.value)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("certificate_expired", "certificate has expired"),
        ("certificate_wrong_name", "doesn't match"),
        ("certificate_untrusted", "certificate verify failed"),
    ],
)
def test_bad_certificates(box, visit, kind, words):
    assert visit(HOME).status == 200
    spoil(box, kind)
    assert words in refused(visit)
    box.clear_faults()
    assert visit(HOME).status == 200


def test_a_caller_who_was_welcome_a_moment_ago_meets_the_bad_certificate_too(box):
    trust = {"ca_certs": str(box.doors.ca_file), "server_hostname": DOMAIN, "assert_hostname": DOMAIN}
    port = box.doors.https.server_port
    with urllib3.HTTPSConnectionPool("127.0.0.1", port, timeout=5, retries=False, **trust) as pool:
        assert pool.request("GET", "/", headers={"Host": DOMAIN}).status == 200
        spoil(box, "certificate_expired")
        with pytest.raises(urllib3.exceptions.SSLError, match="expired"):
            pool.request("GET", "/", headers={"Host": DOMAIN})


def end_of(box, name) -> datetime:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", box.doors.https.server_port), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname=name) as wrapped,
    ):
        return x509.load_der_x509_certificate(wrapped.getpeercert(True)).not_valid_after_utc


def test_certificates_end_when_they_should(box):
    days = (end_of(box, DOMAIN) - datetime.now(UTC)) / timedelta(days=1)
    assert 89 < days <= 90
    spoil(box, "certificate_ending", value=5)
    assert 4.9 < (end_of(box, DOMAIN) - datetime.now(UTC)) / timedelta(days=1) <= 5
    box.clear_faults()
    spoil(box, "certificate_expired", value=12)
    assert -12.1 < (end_of(box, DOMAIN) - datetime.now(UTC)) / timedelta(days=1) < -11.9


def test_unknown_and_missing_names_get_the_certificate_of_a_parked_one(box, visit):
    with pytest.raises(urllib3.exceptions.SSLError, match="doesn't match"):
        visit("https://www.nobody.example/")
    assert end_of(box, None) > datetime.now(UTC)


def test_a_silent_caller_holds_up_nobody_and_stopping_ends_it(tmp_path):
    with sandbox(estates=0, websites=tmp_path) as box:
        silent = socket.create_connection(("127.0.0.1", box.doors.https.server_port), timeout=5)
        assert end_of(box, DOMAIN) > datetime.now(UTC)
        started = time.monotonic()
    assert time.monotonic() - started < 2
    silent.close()
