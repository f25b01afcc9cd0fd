"""Settings come from the environment or the start fails with a sentence that helps."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from sparekey import settings


def test_an_empty_environment_gives_a_loopback_server_with_its_own_database():
    read = settings.read({"HOME": "/home/alice"})

    assert read.database_url is None
    assert (read.host, read.port, read.base_url) == ("127.0.0.1", 8000, None)
    assert read.trusted_proxies == ()
    assert read.keyring == read.data_dir / "keyring.json"


def test_values_are_read_into_their_types():
    read = settings.read(
        {
            "SPAREKEY_DATA_DIR": "/srv/sparekey",
            "SPAREKEY_TRUSTED_PROXIES": "10.0.0.0/8, fd00::/8",
            "SPAREKEY_KEEP_EVENTS": "400",
            "SPAREKEY_SIGN_IN_DEADLINE_MS": "500",
            "SPAREKEY_LOG_LEVEL": "WARNING",
        }
    )

    assert read.keyring == Path("/srv/sparekey/keyring.json")
    assert read.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
    assert read.keep_events == timedelta(days=400)
    assert read.sign_in_deadline == timedelta(milliseconds=500)
    assert read.log_level == "warning"


def test_every_mistake_is_named_at_once_with_what_the_variable_takes():
    with pytest.raises(settings.BadSetting) as caught:
        settings.read({"SPAREKEY_PORT": "http", "SPAREKEY_DB_POOL": "0"})

    assert "SPAREKEY_PORT has 'http'; it takes a whole number from 1 to 65535." in str(caught.value)
    assert "SPAREKEY_DB_POOL has '0'" in str(caught.value)


def test_a_misspelt_variable_stops_the_start_and_names_its_neighbour():
    with pytest.raises(settings.BadSetting, match="did you mean SPAREKEY_TRUSTED_PROXIES"):
        settings.read({"SPAREKEY_TRUSTED_PROXY": "10.0.0.0/8"})


def test_the_database_password_is_never_printed():
    read = settings.read({"DATABASE_URL": "postgresql://sparekey:hunter2@db/sparekey"})

    assert "hunter2" not in repr(read)
    with pytest.raises(settings.BadSetting) as caught:
        settings.read({"DATABASE_URL": "mysql://sparekey:hunter2@db/sparekey"})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://Recover.Example.com/", "https://recover.example.com"),
        ("https://recover.example.com:8443", "https://recover.example.com:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_a_base_url_is_kept_as_scheme_and_host(text: str, kept: str):
    assert settings.read({"SPAREKEY_BASE_URL": text}).base_url == kept


@pytest.mark.parametrize(
    "text",
    [
        "http://recover.example.com",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://localhost@evil.example",
        "https://alice:secret@example.com",
        "https://example.com/path",
        "https://example.com//evil.example",
        "https://example.com?next=evil",
        "https://example.com?",
        "https://example.com#",
        "https://example.com\\@evil.example",
        "https://exa mple.com",
        "https://example.com:99999",
        "https://example.com:",
        "https://",
        "javascript:alert(1)",
        "//example.com",
        "example.com",
        "https://münchen.example",
    ],
)
def test_a_base_url_that_could_lead_elsewhere_is_refused(text: str):
    with pytest.raises(settings.BadSetting, match="SPAREKEY_BASE_URL"):
        settings.read({"SPAREKEY_BASE_URL": text})


def test_a_password_is_read_and_prints_as_dots():
    read = settings.read({"SPAREKEY_IMAP_PASSWORD": "hush"}).imap_password

    assert read is not None
    assert read.reveal() == "hush"
    assert "hush" not in repr(read)


def test_everybody_cannot_be_a_trusted_proxy():
    with pytest.raises(settings.BadSetting, match="SPAREKEY_TRUSTED_PROXIES"):
        settings.read({"SPAREKEY_TRUSTED_PROXIES": "0.0.0.0/0"})


def test_the_reference_page_is_what_the_declarations_say():
    page = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"

    assert page.read_text() == settings.document()
