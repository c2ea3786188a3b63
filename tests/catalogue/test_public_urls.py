import pytest
from django.core.exceptions import ValidationError

from estates.catalogue.public_urls import parse_public_url


@pytest.mark.parametrize(
    "url",
    [
        "https://www.agence-martin.fr/biens/42",
        "http://agence-martin.fr",
        "https://agence-martin.fr:8443/x?y=z#w",
        "https://château-côté.fr/bien/é",
        "https://xn--chteau-8va.fr/",
        "HTTPS://WWW.AGENCE.FR/",
        "https://93.184.216.34/x",
        "https://[2606:2800:220:1:248:1893:25c8:1946]/x",
        "https://agence.fr./biens",
    ],
)
def test_public_addresses_are_taken_as_they_are(url):
    assert parse_public_url(f" {url} ") == url


@pytest.mark.parametrize(
    "url",
    [
        "", "agence.fr", "//agence.fr", "ftp://agence.fr", "javascript:alert(1)", "data:text/html,x",
        "https://", "https:///x", "https://agence", "https://localhost", "https://LOCALHOST./x",
        "https://printer.local", "https://x.internal", "https://a.localhost",
        "https://127.0.0.1", "https://10.0.0.8/x", "https://192.168.1.1", "https://169.254.169.254/latest",
        "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[fe80::1]/", "https://[fd00::1]/", "https://[::/",
        "https://0.0.0.0", "https://224.0.0.1", "https://127.1", "https://2130706433", "https://0x7f.0.0.1",
        "https://0x7f000001", "https://127。0。0。1/", "https://①②⑦.0.0.1/", "https://017700000001",
        "https://a@agence.fr", "https://a:b@agence.fr", "https://:@agence.fr", "https://agence.fr:0/",
        "https://agence.fr:99999/", "https://agence .fr", "https://-agence.fr", "https://agence..fr",
        "https://agence.fr\n/x y", "https://agence.fr\\@127.0.0.1/",
        # signs that browsers map to others, or do not read at all
        "https://127.0.0.\u00ad１/", "https://x.\u2112ocal/", "https://x.local\u00adhost/",
        "https://x.loca\u200bl/", "https://x.local\u034f/", "https://١٢٧.٠.٠.١/", "https://a.localhost。/",
        # other ways to write an address of IPv4, and local ones
        "https://[::127.0.0.1]/", "https://[::7f00:1]/", "https://[2002:7f00:1::]/", "https://[64:ff9b::7f00:1]/",
        "https://[fec0::1]/", "https://[::ffff:0:127.0.0.1]/", "https://[2001:0:7f00:1::]/",
        # what an HTML page or a terminal would not show as it is
        "https://agence.fr/\x00", "https://agence.fr/\ud800", "https://agence.fr/\u202egnp", 'https://agence.fr/"x',
        "https://agence.fr/<b>",
    ],
)  # fmt: skip
def test_anything_else_is_refused(url):
    with pytest.raises(ValidationError):
        parse_public_url(url)
