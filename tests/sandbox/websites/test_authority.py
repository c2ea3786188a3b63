"""Certificates as strict readers want them."""

import ssl
from datetime import UTC, datetime, timedelta

from cryptography import x509

from portal.sandbox.websites.authority import CA_NAME, Authority


def trusting(authority: Authority, tmp_path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(authority.write(tmp_path / "deep" / "folder")))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def shake_hands(client: ssl.SSLContext, server: ssl.SSLContext, name: str) -> bytes:
    """A whole handshake in memory; returns the server's certificate. Raises `ssl.SSLError`."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    caller = client.wrap_bio(to_client, to_server, server_hostname=name)
    answerer = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(3):
        for side in (caller, answerer):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return caller.getpeercert(True)


def test_strict_readers_trust_it(tmp_path):
    authority = Authority()
    seen = shake_hands(trusting(authority, tmp_path), authority.context("www.a.example"), "www.a.example")
    leaf = x509.load_der_x509_certificate(seen)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["www.a.example"]
    assert leaf.not_valid_after_utc > datetime.now(UTC) + timedelta(days=89)
    assert (tmp_path / "deep" / "folder" / CA_NAME).read_bytes().startswith(b"-----BEGIN CERTIFICATE")


def test_a_name_longer_than_a_common_name_may_be(tmp_path):
    authority, name = Authority(), f"www.{'a' * 60}.{'b' * 60}.example"
    assert shake_hands(trusting(authority, tmp_path), authority.context(name), name)


def test_it_may_have_ended_long_ago(tmp_path):
    authority = Authority()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    seen = shake_hands(context, authority.context("www.a.example", -400), "www.a.example")
    leaf = x509.load_der_x509_certificate(seen)
    assert leaf.not_valid_before_utc < leaf.not_valid_after_utc < datetime.now(UTC) - timedelta(days=399)
