"""A gateway is told plainly, and what it cannot be is refused with a sentence."""

import pytest

from sparekey.gateways import UnusableSettings
from sparekey.gateways.wires.smpp import wire
from sparekey.gateways.wires.smpp.profiles import PROFILES
from tests.gateways.smpp.texting import settings, values
from tests.world.certificates import authority

WRONG = [
    ({"host": "no host"}, "host"),
    ({"security": "starttls"}, "security"),
    ({"host": "smsc.carrier.example"}, "private network"),
    ({"host": "203.0.113.1.9", "security": "tls", "port": "0"}, "port"),
    ({"system_id": "a" * 16}, "system_id"),
    ({"password": "pässword"}, "password"),
    ({"bind": "both"}, "bind"),
    ({"sender": "Acme Corporation"}, "sender"),
    ({"per_second": "0"}, "per_second"),
    ({"per_second": "1e3"}, "per_second"),
    ({"window": "501"}, "window"),
    ({"profile": "acme"}, "profile"),
    ({"alphabet": "utf-8"}, "alphabet"),
    ({"languages": "klingon"}, "languages"),
    ({"languages": "turkish", "long_texts": "sar"}, "long_texts"),
    ({"languages": "turkish", "alphabet": "latin1"}, "alphabet"),
    ({"long_texts": "cut"}, "long_texts"),
    ({"submit_ids": "octal"}, "submit_ids"),
    ({"receipt_form": "{id}"}, "receipt_form"),
    ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ({"time_zone": "../../etc/passwd"}, "time_zone"),
    ({"validity": "soon"}, "validity"),
    ({"short_code_ton": "7"}, "short_code_ton"),
    ({"untyped_numbers": "guess"}, "untyped_numbers"),
    ({"ca": "nobody"}, "ca"),
    ({"certificate": "x"}, "go together"),
]


@pytest.mark.parametrize(("told", "named"), WRONG)
def test_what_a_gateway_cannot_be_is_named(told: dict[str, str], named: str) -> None:
    with pytest.raises(UnusableSettings, match=named):
        wire.check(values(**told))


def test_a_plain_gateway_needs_four_things_said() -> None:
    found = settings(per_second="", security="", host="smsc.carrier.example")

    assert (found.port, found.security) == (3550, "tls")
    assert (found.per_second, found.window) == (10, 10)
    assert found.profile == PROFILES["standard"]
    assert not found.is_pair


def test_a_setting_says_more_than_the_profile() -> None:
    found = settings(profile="hex-ids", submit_ids="text", languages="turkish, spanish").profile

    assert (found.submit_ids, found.receipt_ids) == ("text", "decimal")
    assert found.languages == (1, 2)


def test_a_key_that_belongs_to_another_certificate_is_refused(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    trusted = authority()
    first, key = trusted.certify("sparekey.example", tmp_path_factory.mktemp("a"))
    _, other = trusted.certify("sparekey.example", tmp_path_factory.mktemp("b"))
    told = {"certificate": first.read_text(), "certificate_key": other.read_text()}

    with pytest.raises(UnusableSettings, match="certificate_key"):
        settings(**told)
    assert settings(**{**told, "certificate_key": key.read_text()}).client is not None


def test_no_secret_is_printed() -> None:
    trusted = authority()
    shown = repr(settings(ca=trusted.pem))

    assert "secret" not in shown
    assert "BEGIN" not in shown
