"""Certificates of HTTPS listeners, from an authority that functions and containers trust."""

from __future__ import annotations

import os
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

# Node.js trusts what stands in the file that this names.
TRUST_VARIABLE = "NODE_EXTRA_CA_CERTS"
_DAYS = timedelta(days=30)

_turn = threading.Lock()
_authority: list[tuple[Any, Any]] = []


def _sign(subject: str, names: tuple[str, ...]) -> tuple[Any, Any]:
    """A key and its certificate; the first one of all is the authority that signs the others."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    issuer = _authority[0] if _authority else None
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer[1].subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAYS)
        .not_valid_after(now + _DAYS)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if names:
        alternatives = x509.SubjectAlternativeName([x509.DNSName(one) for one in names])
        builder = builder.add_extension(alternatives, critical=False)
    return key, builder.sign(issuer[0] if issuer else key, hashes.SHA256())


def _write(path: Path, key: Any, certificate: Any) -> None:
    from cryptography.hazmat.primitives import serialization

    encoding = serialization.Encoding.PEM
    path.with_suffix(".crt").write_bytes(certificate.public_bytes(encoding))
    path.with_suffix(".key").write_bytes(
        key.private_bytes(
            encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def trust() -> None:
    """Let processes that begin from now on trust the certificates of this emulator."""
    with _turn:
        if not _authority:
            _authority.append(_sign("Emulator", ()))
            path = Path(tempfile.gettempdir()) / "authority"
            _write(path, *_authority[0])
            os.environ[TRUST_VARIABLE] = str(path.with_suffix(".crt"))


def certificate_files(names: tuple[str, ...]) -> tuple[str, str]:
    """The files of a certificate for these names, and of its key."""
    trust()
    with _turn:
        folder = Path(tempfile.mkdtemp(prefix="listener-"))
        # The names are too long for a subject, and nobody looks for them there.
        _write(folder / "listener", *_sign("Listener", names))
    return str(folder / "listener.crt"), str(folder / "listener.key")
