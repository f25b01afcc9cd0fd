"""The events that accounts append; their data holds ids and words of our own."""

from typing import Final

from sparekey.events import declare

CREATED: Final = declare("account.created", "The company told us of an account.")
CHANGED: Final = declare("account.changed", "The company changed what it says of an account.")
DELETED: Final = declare(
    "account.deleted", "The company deleted an account: every address is told."
)
LOCKED: Final = declare("account.locked", "A person locked an account.")
UNLOCKED: Final = declare("account.unlocked", "A person's lock was lifted.")
DISABLED: Final = declare("account.disabled", "The company closed an account for the time being.")
ENABLED: Final = declare("account.enabled", "A closed account was opened again.")
ADDRESS_CHANGED: Final = declare(
    "account.address_changed",
    "Addresses were added or retired: old ones are told, new ones wait 72 hours for recovery.",
)
ADDRESS_CHANGE_CONFIRMED: Final = declare(
    "account.address_change_confirmed", "An old address confirmed a change; its wait is over."
)
ADDRESS_CHANGE_UNDONE: Final = declare(
    "account.address_change_undone", "An old address undid a change and all later ones."
)
PASSWORD_CHANGED: Final = declare(
    "account.password_changed",
    "A new password was set: sessions are to end, and every address is told.",
)
SIGN_INS_FAILED: Final = declare(
    "account.sign_ins_failed",
    "Sign-ins to an account failed at least three times within a day; the data says how often.",
)
SIGNED_IN: Final = declare("account.signed_in", "A right password was given for an open account.")
