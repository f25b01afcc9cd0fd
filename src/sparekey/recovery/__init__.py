"""Getting back in: from "I forgot" to a new password, and "that wasn't me" at every step."""

from datetime import timedelta

from sparekey.db import Archive
from sparekey.recovery.model import (
    GRANT_LIFE,
    LIFE,
    RESEND_AFTER,
    Completed,
    Grant,
    Requested,
    State,
    read_grant,
)
from sparekey.recovery.service.completing import least_length, redeem, refused, set_password
from sparekey.recovery.service.denying import deny, repudiate
from sparekey.recovery.service.granting import open_grant, renew_grant
from sparekey.recovery.service.knowing import known_of_account, known_of_request
from sparekey.recovery.service.proving import link_stands, prove_code, prove_link
from sparekey.recovery.service.reaching import number_key
from sparekey.recovery.service.requesting import Request, brand_of, request, request_resend
from sparekey.recovery.service.secrets import send_secret
from sparekey.recovery.service.sending import (
    Sent,
    Wanted,
    Words,
    proof_message,
    send_proof,
    send_words,
)
from sparekey.recovery.service.texting import ask_by_text, prove_by_text
from sparekey.recovery.service.vouching import is_proven, party

ARCHIVES = [Archive("recovery.recovery", keep=timedelta(days=365), storage="fillfactor = 80")]

__all__ = [
    "ARCHIVES",
    "GRANT_LIFE",
    "LIFE",
    "RESEND_AFTER",
    "Completed",
    "Grant",
    "Request",
    "Requested",
    "Sent",
    "State",
    "Wanted",
    "Words",
    "ask_by_text",
    "brand_of",
    "deny",
    "is_proven",
    "known_of_account",
    "known_of_request",
    "least_length",
    "link_stands",
    "number_key",
    "open_grant",
    "party",
    "proof_message",
    "prove_by_text",
    "prove_code",
    "prove_link",
    "read_grant",
    "redeem",
    "refused",
    "renew_grant",
    "repudiate",
    "request",
    "request_resend",
    "send_proof",
    "send_secret",
    "send_words",
    "set_password",
]
