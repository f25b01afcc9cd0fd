"""The statements of recoveries."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.db import statement


@dataclass(frozen=True, slots=True)
class RequestRow:
    verdict: str
    id: UUID
    expires_at: datetime | None
    retry_at: datetime | None


REQUEST = statement(
    """SELECT verdict, id, expires_at, retry_at FROM recovery.request(:id, :at, :brand, :asked,
        :typed_key, :pause_key, :channel, :locale, :return_url, :expires_at, :next_send_at, :job,
        :rate_keys, :rate_every, :rate_burst, :idempotency_key, :idempotency_mac, :lane)""",
    returns=RequestRow,
)


@dataclass(frozen=True, slots=True)
class UnresolvedRow:
    id: UUID
    brand_id: int
    asked: bytes
    channel: str | None
    locale: str | None


UNRESOLVED = statement(
    """SELECT id, brand_id, asked, channel, locale FROM recovery.recovery
    WHERE id = :id AND state = 'requested' AND asked IS NOT NULL AND expires_at > :at""",
    returns=UnresolvedRow,
)

#: Whoever wipes what was asked has looked it up: once, however often the job is repeated.
RESOLVED = statement(
    """UPDATE recovery.recovery
    SET asked = NULL, account_id = :account_id, account_key = :account_key
    WHERE id = :id AND state = 'requested' AND asked IS NOT NULL"""
)


@dataclass(frozen=True, slots=True)
class ProofRow:
    verdict: str
    typed_key: bytes | None
    account_key: bytes | None
    is_decoy: bool | None


PROVE = statement(
    """SELECT verdict, typed_key, account_key, is_decoy FROM recovery.prove(
        :id, :brand, :at, :macs, :length, :grant_mac, :grant_expires_at)""",
    returns=ProofRow,
)

LINK_STANDS = statement("SELECT recovery.link_stands(:id, :brand, :at, :macs)", returns=bool)

DENY = statement("SELECT recovery.deny(:id, :brand, :by_token, :at)", returns=str)


@dataclass(frozen=True, slots=True)
class GrantRow:
    id: UUID
    account_id: UUID
    account_key: bytes


#: A grant is usable while it is open, or while nobody holds the lease of a try that never ended;
#: no longer when the account has got a new password, or another proof, since.
USABLE_GRANT = statement(
    """SELECT id, account_id, account_key FROM recovery.recovery
    WHERE id = :id AND brand_id = :brand AND state = 'proven' AND grant_mac = ANY (:macs)
        AND grant_expires_at > :at AND account_id IS NOT NULL
        AND (grant_state = 'open' OR (grant_state = 'completing' AND grant_lease <= :at))
        AND proven_at >= coalesce(recovery.closed_at(account_key), '-infinity')""",
    returns=GrantRow,
)

#: The try ended before it changed anything: the grant is as it was.
REOPEN_GRANT = statement(
    """UPDATE recovery.recovery SET grant_state = 'open', grant_lease = NULL
    WHERE id = :id AND state = 'proven' AND grant_state = 'completing' AND grant_fence = :fence"""
)

#: Taking the lease is one UPDATE: of simultaneous uses one gets a row.
TAKE_GRANT = statement(
    """UPDATE recovery.recovery
    SET grant_state = 'completing', grant_lease = :lease, grant_fence = grant_fence + 1
    WHERE id = :id AND brand_id = :brand AND state = 'proven' AND grant_mac = ANY (:macs)
        AND grant_expires_at > :at AND account_id IS NOT NULL
        AND (grant_state = 'open' OR (grant_state = 'completing' AND grant_lease <= :at))
        AND proven_at >= coalesce(recovery.closed_at(account_key), '-infinity')
    RETURNING grant_fence""",
    returns=int,
)

#: The one secret of a recovery: whoever completes it sends it.
COMPLETE_BY_SECRET = statement(
    """UPDATE recovery.recovery
    SET state = 'completed', grant_state = 'used', grant_mac = NULL, ended_at = :at
    WHERE id = :id AND brand_id = :brand AND account_id = :account AND state = 'proven'
        AND grant_state = 'open' AND expires_at > :at
        AND proven_at >= coalesce(recovery.closed_at(account_key), '-infinity')"""
)

COMPLETE = statement("SELECT recovery.complete(:id, :fence, :at)", returns=bool)


@dataclass(frozen=True, slots=True)
class Row:
    id: UUID
    brand_id: int
    state: str
    account_id: UUID | None
    account_key: bytes | None
    locale: str | None
    return_url: str | None
    expires_at: datetime
    channel: str | None
    typed_key: bytes


FIND = statement(
    """SELECT id, brand_id, CASE WHEN state IN ('requested', 'proven') AND expires_at <= :at
            THEN 'expired' ELSE state END AS state,
        account_id, account_key, locale, return_url, expires_at, channel, typed_key
    FROM recovery.recovery WHERE id = :id""",
    returns=Row,
)

#: The beginning of the key, as wide as an id.
PARTY = statement(
    """SELECT encode(substr(account_key, 1, 16), 'hex')::uuid FROM recovery.recovery
    WHERE id = :id AND account_key IS NOT NULL""",
    returns=UUID,
)

#: The next send is claimed by moving it: two that ask at once get one message.
CLAIM_RESEND = statement(
    """UPDATE recovery.recovery SET next_send_at = :next_send_at
    WHERE id = :id AND brand_id = :brand AND state = 'requested' AND expires_at > :at
        AND next_send_at <= :at
    RETURNING id""",
    returns=UUID,
)

NEXT_SEND = statement(
    """SELECT next_send_at FROM recovery.recovery
    WHERE id = :id AND brand_id = :brand AND state = 'requested' AND expires_at > :at""",
    returns=datetime,
)

#: A send that nobody asked for counts like one: the next may be asked for a minute later.
WIPE = statement(
    """UPDATE recovery.recovery SET asked = NULL, grant_mac = NULL
    WHERE id >= :from_id AND id < :to_id AND expires_at < :at
        AND (asked IS NOT NULL OR grant_mac IS NOT NULL)"""
)

INSERT_PROVEN = statement(
    """INSERT INTO recovery.recovery (id, brand_id, state, typed_key, account_id, account_key,
        next_send_at, grant_state, grant_mac, grant_expires_at, requested_at, proven_at,
        expires_at)
    VALUES (:id, :brand, 'proven', :typed_key, :account_id, :account_key, :at, 'open',
        :grant_mac, :grant_expires_at, :at, greatest(:at, recovery.closed_at(:account_key)),
        :expires_at)"""
)

#: One that is being used, was used or was closed by a later proof is not opened again.
RENEW_GRANT = statement(
    """UPDATE recovery.recovery
    SET grant_expires_at = least(greatest(grant_expires_at, :until), expires_at)
    WHERE id = :id AND state = 'proven' AND grant_state = 'open' AND expires_at > :at
        AND proven_at >= coalesce(recovery.closed_at(account_key), '-infinity')"""
)

#: Held until the transaction ends: a denial at the same moment comes before it or after it. What a
#: proof allows ends with a later proof or a new password, but for the password that it set itself.
IS_PROVEN = statement(
    """SELECT true FROM recovery.recovery
    WHERE id = :id AND brand_id = :brand AND account_id = :account
        AND state IN ('proven', 'completed') AND expires_at > :at
        AND greatest(proven_at, ended_at) >= coalesce(recovery.closed_at(account_key), '-infinity')
    FOR SHARE""",
    returns=bool,
)
