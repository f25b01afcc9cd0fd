"""Who the customers are: accounts, what names them, where they can be reached, and the built-in
directory of passwords.

Names are imported on first use, so that who only resolves an account loads no Argon2.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sparekey.accounts.identifiers import (
        account_key,
        address_identifier,
        address_key,
        identifier_keys,
    )
    from sparekey.accounts.journal import (
        ADDRESS_CHANGED,
        CHANGED,
        DELETED,
        PASSWORD_CHANGED,
        SIGN_INS_FAILED,
    )
    from sparekey.accounts.model import (
        DEVICE_LIFE,
        KEEP,
        WAIT,
        Account,
        AccountAddress,
        Farewell,
        Keep,
        NoticeAddress,
        PendingNotice,
        Reachable,
        Resolved,
        SettledChange,
        Wanted,
        WantedAddress,
    )
    from sparekey.accounts.passwords import (
        MAX_LENGTH,
        MIN_LENGTH,
        hash_password,
        password_problem,
        suggest_password,
    )
    from sparekey.accounts.passwords.families import HASH_FAMILIES
    from sparekey.accounts.service.addresses import (
        change_of,
        confirm_change,
        notice_addresses,
        pending_notices,
        sweep,
        take_notice,
        undo,
    )
    from sparekey.accounts.service.audience import (
        Expiring,
        Filter,
        count_audience,
        expiring,
        ids_of,
        page_of_audience,
    )
    from sparekey.accounts.service.counting import count
    from sparekey.accounts.service.devices import (
        forget_devices,
        is_device_token,
        known_device,
        remember_device,
    )
    from sparekey.accounts.service.dropping import drop_addresses
    from sparekey.accounts.service.farewells import take_farewells
    from sparekey.accounts.service.hold import hold
    from sparekey.accounts.service.keep import delete, get, get_by_id, patch, put
    from sparekey.accounts.service.password import (
        least_length,
        new_password_problem,
        set_password,
    )
    from sparekey.accounts.service.resolve import home_region, reach, resolve
    from sparekey.accounts.service.sign_in import (
        Attempt,
        Grant,
        Outcome,
        SignIn,
        opens_grants,
        report_sign_in,
        sign_in,
    )

__all__ = [
    "ADDRESS_CHANGED",
    "CHANGED",
    "DELETED",
    "DEVICE_LIFE",
    "HASH_FAMILIES",
    "KEEP",
    "MAX_LENGTH",
    "MIN_LENGTH",
    "PASSWORD_CHANGED",
    "SIGN_INS_FAILED",
    "WAIT",
    "Account",
    "AccountAddress",
    "Attempt",
    "Expiring",
    "Farewell",
    "Filter",
    "Grant",
    "Keep",
    "NoticeAddress",
    "Outcome",
    "PendingNotice",
    "Reachable",
    "Resolved",
    "SettledChange",
    "SignIn",
    "Wanted",
    "WantedAddress",
    "account_key",
    "address_identifier",
    "address_key",
    "change_of",
    "confirm_change",
    "count",
    "count_audience",
    "delete",
    "drop_addresses",
    "expiring",
    "forget_devices",
    "get",
    "get_by_id",
    "hash_password",
    "hold",
    "home_region",
    "identifier_keys",
    "ids_of",
    "is_device_token",
    "known_device",
    "least_length",
    "new_password_problem",
    "notice_addresses",
    "opens_grants",
    "page_of_audience",
    "password_problem",
    "patch",
    "pending_notices",
    "put",
    "reach",
    "remember_device",
    "report_sign_in",
    "resolve",
    "set_password",
    "sign_in",
    "suggest_password",
    "sweep",
    "take_farewells",
    "take_notice",
    "undo",
]

_HOMES = {
    "journal": (
        "ADDRESS_CHANGED",
        "CHANGED",
        "DELETED",
        "PASSWORD_CHANGED",
        "SIGN_INS_FAILED",
    ),
    "identifiers": ("account_key", "address_identifier", "address_key", "identifier_keys"),
    "model": (
        "DEVICE_LIFE",
        "KEEP",
        "WAIT",
        "Account",
        "AccountAddress",
        "Farewell",
        "Keep",
        "NoticeAddress",
        "PendingNotice",
        "Reachable",
        "Resolved",
        "SettledChange",
        "Wanted",
        "WantedAddress",
    ),
    "passwords": (
        "MAX_LENGTH",
        "MIN_LENGTH",
        "hash_password",
        "password_problem",
        "suggest_password",
    ),
    "passwords.families": ("HASH_FAMILIES",),
    "service.addresses": (
        "change_of",
        "confirm_change",
        "notice_addresses",
        "pending_notices",
        "sweep",
        "take_notice",
        "undo",
    ),
    "service.audience": (
        "Expiring",
        "Filter",
        "count_audience",
        "expiring",
        "ids_of",
        "page_of_audience",
    ),
    "service.counting": ("count",),
    "service.devices": ("forget_devices", "is_device_token", "known_device", "remember_device"),
    "service.dropping": ("drop_addresses",),
    "service.farewells": ("take_farewells",),
    "service.hold": ("hold",),
    "service.keep": ("delete", "get", "get_by_id", "patch", "put"),
    "service.password": ("least_length", "new_password_problem", "set_password"),
    "service.resolve": ("home_region", "reach", "resolve"),
    "service.sign_in": (
        "Attempt",
        "Grant",
        "Outcome",
        "SignIn",
        "opens_grants",
        "report_sign_in",
        "sign_in",
    ),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"sparekey.accounts has no {name}")
    value = getattr(import_module(f"sparekey.accounts.{_HOME[name]}"), name)
    globals()[name] = value
    return value
