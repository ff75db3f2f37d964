"""Passwords of local users: bcrypt hashes, with a quick check of those that were right lately."""

import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict

import bcrypt

BCRYPT_ROUNDS = 10
# bcrypt takes 72 bytes; with a hash of it, all of a longer password counts.
_RIGHT_KEPT = 1024


def _prepared(password: str) -> bytes:
    return hashlib.sha256(password.encode()).hexdigest().encode()


def hash_password(password: str) -> str:
    return bcrypt.hashpw(_prepared(password), bcrypt.gensalt(BCRYPT_ROUNDS)).decode()


class Verifier:
    """Remembers which hash a user's password matched, until others have been right more lately.

    The password itself is not kept, but a digest under a key that never leaves this process. Who
    asks compares with the hash that the user has now, so a password that was changed is right no
    more.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._right: OrderedDict[bytes, str] = OrderedDict()

    def recall(self, name: str, password: str) -> str | None:
        """The hash that this password of a user matched lately, None if it matched none."""
        return self._right.get(self._digest(name, password))

    def matches(self, name: str, password: str, hashed: str) -> bool:
        """Whether a user's password has this hash; slow, unless it was right lately."""
        digest = self._digest(name, password)
        is_known = self._right.get(digest) == hashed
        if not is_known and not bcrypt.checkpw(_prepared(password), hashed.encode()):
            return False
        with self._lock:
            self._right[digest] = hashed
            self._right.move_to_end(digest)
            while len(self._right) > _RIGHT_KEPT:
                self._right.popitem(last=False)
        return True

    def _digest(self, name: str, password: str) -> bytes:
        return hmac.digest(self._key, repr((name, password)).encode(), "sha256")
