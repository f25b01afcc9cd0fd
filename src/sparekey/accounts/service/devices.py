"""Browsers in which an owner was recognised before: they have an allowance of their own."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime
from uuid import UUID

from sparekey.accounts import store
from sparekey.accounts.model import DEVICE_LIFE, MAX_DEVICES
from sparekey.db import Executor, Tx
from sparekey.kit.keyring import Keyring
from sparekey.kit.secret import Secret

_DOMAIN = "accounts.device"
_PROOF_DOMAIN = "accounts.device proof"
_TOKEN_BYTES = 16


async def remember_device(
    tx: Executor, keyring: Keyring, account_id: UUID, at: datetime
) -> Secret[str]:
    """A fresh token of 128 bits for this browser's cookie, good for a year.

    An account knows 20 browsers; the one it has known longest makes room.
    """
    secret = secrets.token_urlsafe(_TOKEN_BYTES)
    token = f"{secret}.{_proof(keyring.mac(_PROOF_DOMAIN, secret))}"
    await store.devices.remember_device.run(
        tx,
        token_mac=keyring.mac(_DOMAIN, token),
        account_id=account_id,
        expires_at=at + DEVICE_LIFE,
        most=MAX_DEVICES,
    )
    return Secret(token)


def is_device_token(keyring: Keyring, token: str) -> bool:
    """Whether we made this token, for whomever: told from itself, with nobody looked up."""
    secret, _, proof = token.partition(".")
    proofs = [_proof(mac) for mac in keyring.macs(_PROOF_DOMAIN, secret)]
    return any(hmac.compare_digest(proof.encode(), good.encode()) for good in proofs)


def _proof(mac: bytes) -> str:
    return urlsafe_b64encode(mac[:12]).decode()


async def known_device(
    on: Executor, keyring: Keyring, token: str, account_id: UUID | None, at: datetime
) -> bool:
    """Whether this browser knows the account; one statement for strangers (None), too."""
    owner = await store.devices.account_of_device.maybe(
        on, macs=keyring.macs(_DOMAIN, token), at=at
    )
    return owner is not None and owner == account_id


async def forget_devices(tx: Tx, account_id: UUID) -> int:
    """No browser is known any more; how many were."""
    return await store.devices.forget_devices.run(tx, account_id=account_id)
