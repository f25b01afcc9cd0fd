"""Steps that several acts take: asking to get back in, bringing a proof, setting a password."""

from sparekey.demo.cast import Person, new_password
from sparekey.demo.client import Answer
from sparekey.demo.stage import Stage, problem_of

REQUESTED = "“requested”, whoever it is."
_OUTCOMES = {"ok": "“ok”: signed in.", "wrong": "“wrong”: it opens nothing any more."}


async def request(
    stage: Stage, person: Person, *, claim: str = REQUESTED, **more: object
) -> Answer:
    """Acme asks for `person`; the answer says nothing about anybody."""
    body = {"identifier": person.email.address, **more}
    answer = await stage.ask("POST", "/v1/recoveries", body, expects=202)
    stage.check(
        set(answer.json) == {"id", "status", "expires_at"} and answer.json["status"] == "requested",
        claim,
    )
    return answer


async def prove(stage: Stage, recovery: str, **proof: str) -> str:
    """A right proof; the grant it earns."""
    path = f"/v1/recoveries/{recovery}/proofs"
    answer = await stage.ask("POST", path, proof, expects=200)
    grant = str(answer.json["grant"])
    stage.check(
        answer.json["status"] == "proven" and grant.startswith("grt_"),
        "Proven. Acme’s server gets a grant: leave to set one password.",
    )
    return grant


async def fail_to_prove(stage: Stage, recovery: str, claim: str, **proof: str) -> tuple[str, str]:
    """A proof that is refused; the words it is refused in."""
    path = f"/v1/recoveries/{recovery}/proofs"
    answer = await stage.ask("POST", path, proof, expects=422)
    stage.check(problem_of(answer) == "recovery.not_proven", claim)
    return answer.json["title"], answer.json["detail"]


async def set_password(
    stage: Stage, person: Person, recovery: str, grant: str, *, words: str
) -> Answer:
    """A good new password; the recovery is completed."""
    person.password = new_password()
    stage.transcript.says(person.name, f"{words}: {'•' * len(person.password)}")
    body = {"grant": grant, "password": person.password}
    answer = await stage.ask("POST", f"/v1/recoveries/{recovery}/password", body, expects=200)
    stage.check(answer.json["status"] == "completed", "The new password is set.")
    person.device = answer.json["device_token"]
    return answer


async def sign_in(
    stage: Stage, person: Person, password: str, *, words: str, outcome: str
) -> Answer:
    """Sign in with a password and look at how it ended."""
    stage.transcript.says(person.name, words)
    body = {"identifier": person.email.address, "password": password}
    answer = await stage.ask("POST", "/v1/sign-ins", body, expects=200)
    stage.check(answer.json["outcome"] == outcome, _OUTCOMES[outcome])
    return answer


async def notices(stage: Stage, person: Person, since: Answer, *, are_shown: bool = False) -> None:
    """Both addresses hear of the new password."""
    inboxes = (person.phone, person.email)
    found = [
        await stage.next_message(
            inbox, since.asked_at, after="the new password", is_shown=are_shown
        )
        for inbox in inboxes
    ]
    stage.check(
        all("was changed" in notice.text for notice in found),
        f"{person.name} is told at every address: {', '.join(inbox.shown for inbox in inboxes)}.",
    )


def wrong_code(code: str) -> str:
    """The same code but for its last digit."""
    return f"{code[:-1]}{(int(code[-1]) + 1) % 10}"
