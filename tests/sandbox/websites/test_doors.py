"""How the portal finds the websites: addresses, the authority's certificate, ports."""

import socket
import stat

import pytest
import requests
from cryptography import x509

from portal.sandbox import sandbox
from tests.sandbox.websites.conftest import DOMAIN


def test_every_website_has_both_addresses(box):
    http, https = box.doors.http.server_port, box.doors.https.server_port
    assert box.doors.addresses() == {
        f"https://{DOMAIN}": f"127.0.0.1:{https}",
        f"http://{DOMAIN}": f"127.0.0.1:{http}",
    }
    assert box.doors.setting() == (f"https://{DOMAIN}=127.0.0.1:{https},http://{DOMAIN}=127.0.0.1:{http}")
    box.account("martin").activate("neuf.example")
    assert "https://neuf.example" in box.doors.addresses()
    assert box.doors.addresses(["later.example"])["http://later.example"] == f"127.0.0.1:{http}"


def test_only_the_authoritys_certificate_is_written(box):
    [written] = box.doors.ca_file.parent.iterdir()
    assert b"PRIVATE" not in written.read_bytes()
    authority = x509.load_pem_x509_certificate(written.read_bytes())
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert stat.S_ISREG(written.stat().st_mode)


def test_each_sandbox_has_an_authority_of_its_own(box, tmp_path):
    with sandbox(estates=0, websites=tmp_path / "other") as other:
        assert other.doors.ca_file.read_bytes() != box.doors.ca_file.read_bytes()


@pytest.mark.parametrize("port", ["http_port", "https_port"])
def test_a_port_in_use_leaves_nothing_open(box, tmp_path, port):
    taken = box.doors.http.server_port
    with pytest.raises(OSError, match="in use"):
        sandbox(estates=0, websites=tmp_path, **{port: taken})


def test_the_page_names_websites_and_their_faults(box):
    page = requests.get(box.url, timeout=10).text
    assert box.doors.local_address(DOMAIN) in page
    assert "plugin_off" in page
    state = requests.get(f"{box.url}/__sandbox/state", timeout=10).json()
    assert state["websites"] == box.doors.addresses()
    fields = {"kind": "unavailable_503", "path": f"//{DOMAIN}/*", "value": ""}
    assert requests.post(f"{box.url}/__sandbox/faults", json=fields, timeout=10).status_code == 200
    host = {"Host": f"{DOMAIN}.localhost"}
    home = f"http://127.0.0.1:{box.doors.http.server_port}/"
    assert requests.get(home, headers=host, timeout=10).status_code == 503


def test_all_ports_are_loopbacks(box):
    for server in box.doors.servers:
        assert server.server_address[0] == "127.0.0.1"
        assert server.socket.family is socket.AF_INET
