"""Passwords of local users: bcrypt hashes, with a quick check of those that were right lately."""

import hashlib
import hmac
import secrets

import bcrypt

BCRYPT_ROUNDS = 10
# bcrypt takes 72 bytes; with a hash of it, all of a longer password counts.
_RIGHT_KEPT = 64


def _prepared(password: str) -> bytes:
    return hashlib.sha256(password.encode()).hexdigest().encode()


def hash_password(password: str) -> str:
    return bcrypt.hashpw(_prepared(password), bcrypt.gensalt(BCRYPT_ROUNDS)).decode()


class Verifier:
    """Remembers which passwords matched, as digests under a key that never leaves this process."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._right: dict[bytes, None] = {}

    def matches(self, password: str, hashed: str) -> bool:
        token = hmac.digest(self._key, f"{hashed}\0{password}".encode(), "sha256")
        if token in self._right:
            return True
        if not bcrypt.checkpw(_prepared(password), hashed.encode()):
            return False
        self._right[token] = None
        while len(self._right) > _RIGHT_KEPT:
            del self._right[next(iter(self._right))]
        return True
