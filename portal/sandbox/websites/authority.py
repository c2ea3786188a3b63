"""Certificates for the simulated websites: a small authority of their own, good certificates and bad ones."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CA_NAME = "websites-ca.pem"
DAYS = 90
"""How long a certificate holds, as those that most hosts renew by themselves."""


class Authority:
    """Signs for any name. Only its certificate leaves this process; the keys die with it."""

    def __init__(self, name: str = "Passerelle sandbox CA") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._leaf_key = ec.generate_private_key(ec.SECP256R1())
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        self.certificate = (
            _begun(self.subject, self.subject, self.key.public_key(), 3_650)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(self.key, hashes.SHA256())
        )

    def write(self, folder: Path) -> Path:
        """The authority's certificate as a PEM file in the folder, which is made where it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / CA_NAME
        path.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        return path

    def context(self, name: str, days: float = DAYS) -> ssl.SSLContext:
        """For a server that is called so; the certificate ends in so many days, or has for as many."""
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
        known = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        server = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        leaf = (
            _begun(subject, self.subject, self._leaf_key.public_key(), days)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(known, critical=False)
            .add_extension(server, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        private = self._leaf_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        # The standard library reads keys from files only.
        with TemporaryDirectory(prefix="passerelle-websites-") as folder:
            pem = Path(folder) / "leaf.pem"
            pem.write_bytes(private + leaf.public_bytes(Encoding.PEM))
            context.load_cert_chain(pem)
        return context


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: float
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    end = now + timedelta(days=days)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, end) - timedelta(days=1))
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )
