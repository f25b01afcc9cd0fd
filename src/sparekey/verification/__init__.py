"""Codes and links: challenges that prove somebody receives what we send to an address."""

from datetime import timedelta

from sparekey.db import Archive
from sparekey.verification.journal import UNCONFIRMED
from sparekey.verification.model import (
    CODE_TTL,
    EMAIL_LINK_TTL,
    Channel,
    Checked,
    Issued,
    Limited,
    Proof,
    Purpose,
    Start,
    State,
    link_token,
    read_code,
    read_link_token,
)
from sparekey.verification.service.checking import (
    Challenge,
    cancel,
    check_code,
    check_link,
    find,
)
from sparekey.verification.service.falling_back import (
    OVER_BUDGET,
    fall_back,
    falls_back_after,
    is_meant,
    may_fall_back,
    next_channels,
)
from sparekey.verification.service.handing import read_handle, write_handle
from sparekey.verification.service.issuing import issue
from sparekey.verification.service.proof import code_macs, link_macs
from sparekey.verification.service.resending import Resend, resend
from sparekey.verification.service.stopping import cancel_sent_on
from sparekey.verification.service.wiping import wipe

ARCHIVES = [
    Archive("verification.verification", keep=timedelta(days=90), storage="fillfactor = 80")
]

__all__ = [
    "ARCHIVES",
    "CODE_TTL",
    "EMAIL_LINK_TTL",
    "OVER_BUDGET",
    "UNCONFIRMED",
    "Challenge",
    "Channel",
    "Checked",
    "Issued",
    "Limited",
    "Proof",
    "Purpose",
    "Resend",
    "Start",
    "State",
    "cancel",
    "cancel_sent_on",
    "check_code",
    "check_link",
    "code_macs",
    "fall_back",
    "falls_back_after",
    "find",
    "is_meant",
    "issue",
    "link_macs",
    "link_token",
    "may_fall_back",
    "next_channels",
    "read_code",
    "read_handle",
    "read_link_token",
    "resend",
    "wipe",
    "write_handle",
]
