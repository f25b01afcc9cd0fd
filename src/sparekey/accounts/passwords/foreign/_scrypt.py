"""scrypt by the standard library, for the families whose software stores it."""

import hashlib
import hmac

from sparekey.accounts.passwords.contract import MAX_MEMORY_KIB, Check, costly, malformed

#: Blocks mixed, N x r x p: Django's default is as much, a sixth of a second.
_MAX_WORK = 2**14 * 8 * 5


def checking(*, n: int, r: int, p: int, salt: bytes, expected: bytes) -> Check:
    """Whether a password derives `expected`; raises UnusableHash."""
    if n < 2 or n & (n - 1) or not r or not p:
        raise malformed("scrypt")
    if n * r * p > _MAX_WORK or n * r // 8 > MAX_MEMORY_KIB:
        raise costly()

    def check(password: bytes) -> bool:
        most = 2 * 1024 * MAX_MEMORY_KIB
        made = hashlib.scrypt(password, salt=salt, n=n, r=r, p=p, maxmem=most, dklen=len(expected))
        return hmac.compare_digest(made, expected)

    return check
