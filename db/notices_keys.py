"""The key with which Beside signs what it sends to phones (VAPID, RFC 8292).

It is derived from the root in kek.json and never written anywhere: made once, as private as that
file, the same in every process and after a restore. Another one would silence every phone.
"""

import base64

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from db import keys

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256, FIPS 186-5


def pair() -> tuple[bytes, bytes]:
    """Private and public, as PEM."""
    key = _key()
    return (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    )


def public() -> str:
    """As a page's applicationServerKey."""
    point = _key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def _key() -> ec.EllipticCurvePrivateKey:
    # The order is within 2^-32 of 2^256, so the remainder is as good as evenly spread.
    scalar = int.from_bytes(keys.secret("phones")) % (_ORDER - 1) + 1
    return ec.derive_private_key(scalar, ec.SECP256R1())
