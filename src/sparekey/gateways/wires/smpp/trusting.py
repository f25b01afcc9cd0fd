"""Verified TLS to an SMSC, with a certificate of our own where the carrier asks for one."""

import os
import ssl
from typing import Protocol

from sparekey.kit.secret import Secret


class Identity(Protocol):
    """A certificate and its key, in PEM."""

    @property
    def certificate(self) -> str: ...

    @property
    def key(self) -> Secret[str]: ...


def trusting(ca: str | None, client: Identity | None) -> ssl.SSLContext:
    """By these certificates alone, or by the system's; raises ssl.SSLError for a wrong key."""
    context = ssl.create_default_context(cadata=ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if client is not None:
        _present(context, client)
    return context


def _present(context: ssl.SSLContext, client: Identity) -> None:
    """The standard library reads a key from a file only: this one lies in memory alone."""
    descriptor = os.memfd_create("certificate")
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(f"{client.certificate}\n{client.key.reveal()}\n".encode())
        context.load_cert_chain(f"/proc/self/fd/{descriptor}", password=_no_passphrase)
    finally:
        os.close(descriptor)


def _no_passphrase() -> str:
    raise ValueError("the key is locked by a passphrase")
