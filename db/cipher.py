"""The only home of encryption: AES-256-GCM for what people write, HKDF for the instance's secrets.

Sealed bytes are `1 | version of the data key (2) | nonce (12) | ciphertext and tag`. Table,
column, person, row and version are authenticated with them, so that a value moved to another
row or person does not open. The key that wraps the data key is named in KEYS, not in each
value: rotating it rewraps one short row per person and touches no content.
"""

import os
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_FORMAT = b"\x01"
_HEADER = 15


class Tampered(Exception):
    """These bytes were not sealed for this place, or were changed since."""


class Place(NamedTuple):
    """Where a sealed value stands. None of the parts may hold a bar."""

    table: str
    column: str
    person: UUID
    row: UUID | str

    def bound_to(self, version: int) -> bytes:
        return f"{self.table}|{self.column}|{self.person}|{self.row}|{version}".encode()


class DataKey:
    def __init__(self, key: bytes, version: int) -> None:
        self.version = version
        self._cipher = AESGCM(key)

    def seal(self, place: Place, data: bytes) -> bytes:
        nonce = os.urandom(12)
        header = _FORMAT + self.version.to_bytes(2) + nonce
        return header + self._cipher.encrypt(nonce, data, place.bound_to(self.version))

    def open(self, place: Place, sealed: bytes) -> bytes:
        """Raises Tampered."""
        version = int.from_bytes(sealed[1:3])
        if sealed[:1] != _FORMAT or version != self.version:
            raise Tampered("These bytes were not sealed with this key.")
        try:
            return self._cipher.decrypt(sealed[3:_HEADER], sealed[_HEADER:], place.bound_to(version))
        except (InvalidTag, ValueError):
            raise Tampered("These bytes were not sealed for this place, or were changed.") from None


def make_key() -> bytes:
    return AESGCM.generate_key(256)


def wrap(kek: bytes, key: bytes, place: Place, version: int) -> bytes:
    nonce = os.urandom(12)
    return nonce + AESGCM(kek).encrypt(nonce, key, place.bound_to(version))


def unwrap(kek: bytes, wrapped: bytes, place: Place, version: int) -> bytes:
    """Raises Tampered."""
    try:
        return AESGCM(kek).decrypt(wrapped[:12], wrapped[12:], place.bound_to(version))
    except (InvalidTag, ValueError):
        raise Tampered("A wrapped key was changed.") from None


@lru_cache(maxsize=32)
def derive(root: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"beside {purpose}".encode()).derive(root)
