"""Attacks that broke other systems, each in one line, and how a test says which it plays.

What a line names is played by at least one test marked with `@covers`, in whatever folder it
lives; a line with a reason is not ours to play yet, and says why.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

Test = TypeVar("Test", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Attack:
    """What is tried. `reason` says why no test plays it, `held_by` which older test holds it."""

    line: str
    held_by: str | None = None
    reason: str | None = None


ATTACKS = {
    "T-01": Attack("A header of the request chooses the host of the link in a message."),
    "T-02": Attack("A forwarded protocol chooses the scheme of the link in a message."),
    "T-03": Attack("A trusted proxy's forwarded host is taken for ours."),
    "T-04": Attack("Without a configured address of its own, the service invents one."),
    "T-05": Attack("Code that writes messages asks the request where it came from."),
    "T-06": Attack("The destination of a message travels through the client's hands."),
    "T-07": Attack("One identifier field carries two addresses: a list, a repeated key, a comma."),
    "T-08": Attack("The proof of one account is brought to another account's later steps."),
    "T-09": Attack("A right code is typed at a challenge that it was not sent for."),
    "T-10": Attack("A code that was accepted is typed again, also after a restart."),
    "T-11": Attack("Fifty right codes arrive before the first is marked as used."),
    "T-12": Attack("Two hundred guesses arrive before the first is counted."),
    "T-13": Attack("Guesses come from thousands of addresses, each below its own limit."),
    "T-14": Attack("A forwarded-for header of one's own makes every request a new client."),
    "T-15": Attack("The attacker's own success clears the counters of the victim."),
    "T-16": Attack("Answers differ between those who are known and those who are not."),
    "T-17": Attack("Only known people are told that they asked too soon."),
    "T-18": Attack(
        "Answers take longer for those who are known.",
        reason="Time is measured by `make test-timing`, with samples of its own.",
    ),
    "T-19": Attack("A wrong code at an unknown number is answered otherwise than at a known one."),
    "T-20": Attack(
        "Sessions outlive the reset of the password.",
        held_by="recovery/test_notices.py::"
        "test_a_recovery_ends_sessions_and_says_so_in_the_journal",
    ),
    "T-21": Attack(
        "A reset by mail signs in, or takes the second factor away.",
        held_by="recovery/test_journeys.py::test_a_recovery_leaves_the_second_factor_alone",
    ),
    "T-22": Attack("The code is in an answer of the API."),
    "T-23": Attack("The code is in a log, a URL, a metric or a dump of the database."),
    "T-24": Attack("A mail scanner opens the link and uses it up."),
    "T-25": Attack("A mail scanner opens the link and binds it to itself."),
    "T-26": Attack("One number, prefix or account is flooded with messages at somebody's cost."),
    "T-27": Attack(
        "An address is changed before the new one is proven.",
        held_by="accounts/test_addresses.py::test_a_changed_address_waits_and_the_old_one_is_told",
    ),
    "T-28": Attack("A row is found by its name and the proof is never compared."),
    "T-29": Attack("Guessing uses up the owner's code, or a used code is still good."),
    "T-30": Attack("A resend can be asked for for ever."),
    "T-31": Attack("A stranger starts again and again until the owner can no longer."),
    "T-32": Attack("Denying one's own recovery freezes the account it named."),
    "T-33": Attack("Guesses at invented identifiers spend the deployment's budget."),
    "T-34": Attack("A limit used up by mail shows when the same person's phone is typed."),
    "T-35": Attack("A sandbox shows the codes of real customers."),
    "T-36": Attack(
        "A stolen API key replaces a phone number and recovers at once.",
        held_by="accounts/test_addresses.py::test_a_stolen_key_cannot_replace_a_number_and_recover",
    ),
    "T-37": Attack("The store of repeated requests gives a code or a grant to its thief."),
    "T-38": Attack("The phone that opens the link lets the computer that asked go on."),
    "T-39": Attack("What somebody typed, or what a brand is called, becomes markup of a page."),
}


def covers(*attacks: str) -> Callable[[Test], Test]:
    """Say which attacks a test plays; KeyError for one that is not in the register."""
    for attack in attacks:
        ATTACKS[attack]

    def same(test: Test) -> Test:
        return test

    return same
