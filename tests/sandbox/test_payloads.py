"""The checks of request bodies, one by one."""

import pytest

from portal.sandbox.messages import Refusal, Request
from portal.sandbox.ts_immo import payloads


@pytest.mark.parametrize(
    "name", ["x.fr", "www.agence-martin.example", "XN--LHAY-0QA.FR", "a" * 63 + ".fr", "a.b.c.d.immo"]
)
def test_domains(name):
    assert payloads.domain(name) is None


@pytest.mark.parametrize(
    "name",
    ["", "fr", "x.fr.", ".fr", "x..fr", "-x.fr", "x-.fr", "x.1", "haÿ.fr", "x.fr/a", "x.fr:80", "x fr",
     "a" * 64 + ".fr", "a." * 130 + "fr", "x.fr\n", 7, None, ["x.fr"]],
)  # fmt: skip
def test_what_is_no_domain(name):
    assert payloads.domain(name) == "must be a domain name"


@pytest.mark.parametrize(
    "url", ["http://x.fr", "https://x.fr/a?b=é#c", "https://user@x.fr:8443/", "HTTPS://X.FR"]
)
def test_web_addresses(url):
    assert payloads.web_address(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x.fr",
        "//x.fr",
        "ftp://x.fr",
        "https://",
        "https:///a",
        "http://[",
        "data:,x",
        1,
        "https://x.fr/" + "a" * 2000,
    ],
)
def test_what_is_no_web_address(url):
    assert payloads.web_address(url) == "must be a URL address"


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("a@b.fr", True),
        ("é+x@b.co.uk", True),
        ("a@b", False),
        ("a b@c.fr", False),
        ("", False),
        (3, False),
        ("a@" + "b" * 260 + ".fr", False),
    ],
)
def test_mails(value, fits):
    assert (payloads.mail(value) is None) is fits


@pytest.mark.parametrize(
    ("value", "fits"),
    [("aGk=", True), ("", True), ("aGk", False), ("é", False), (None, False), ("a Gk=", False)],
)
def test_base64(value, fits):
    assert (payloads.base64_text(value) is None) is fits


@pytest.mark.parametrize(
    ("value", "fits"), [("x", True), ("xxxx", False), ("", False), ("  ", False), (0, False), (None, False)]
)
def test_texts(value, fits):
    assert (payloads.text(3)(value) is None) is fits


def test_one_of():
    check = payloads.one_of("MR", "MS")
    assert check("MR") is None
    assert check("mr") == check(1) == "must be one of the following values: MR, MS"


def test_each_names_the_first_wrong_item():
    check = payloads.each(payloads.text(3))
    assert check([]) is None
    assert check(["a", "b"]) is None
    assert check(["a", 7, 8]) == "[1] must be a string of 1 to 3 characters"
    assert check("abc") == check(None) == "must be an array"


def test_complaints_name_every_field():
    shape = {"a": (True, payloads.text(3)), "b": (False, payloads.text(3)), "c": (True, payloads.text(3))}
    assert payloads.complaints({"a": "x", "c": "y"}, shape) == []
    assert payloads.complaints({"a": "x", "b": None, "c": "y"}, shape) == []
    assert payloads.complaints({"b": "long", "d": 1, "c": None}, shape) == [
        "property d should not exist",
        "a should not be empty",
        "b must be a string of 1 to 3 characters",
        "c should not be empty",
    ]
    assert payloads.complaints([], shape) == payloads.complaints(None, shape) == ["must be an object"]


def test_reading_a_body():
    request = Request("PUT", "/", body=b'{"url": "https://x.fr"}')
    assert payloads.read(request, payloads.PUBLIC_URL) == {"url": "https://x.fr"}
    with pytest.raises(Refusal) as refused:
        payloads.read(Request("PUT", "/", body=b'{"uri": 1}'), payloads.PUBLIC_URL)
    assert (refused.value.status, refused.value.message) == (
        400,
        ["property uri should not exist", "url should not be empty"],
    )


@pytest.mark.parametrize(
    ("body", "fits"), [(b"", True), (b"{}", True), (b" \n", True), (b"null", False), (b'{"a":1}', False)]
)
def test_no_body(body, fits):
    request = Request("POST", "/", body=body)
    if fits:
        assert payloads.require_no_body(request) is None
    else:
        with pytest.raises(Refusal):
            payloads.require_no_body(request)


def test_the_domain_of_a_query_is_in_lower_case():
    assert payloads.query_domain(Request("GET", "/", (("domain", "WWW.X.fr"),))) == "www.x.fr"
    with pytest.raises(Refusal) as refused:
        payloads.query_domain(Request("GET", "/", (("page", "1"),)))
    assert refused.value.message == ["property page should not exist", "domain must be a domain name"]
