"""Settings: from the environment, a TOML file or secret files, with errors that never show a value."""

import os
from pathlib import Path

import pytest

from comments.settings import BadSettings, EmailMode, Settings, load_settings
from comments.wakeup import connect_quickly

SECRET = "postgresql://replydesk:sekret@db/replydesk"


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:

    for name in list(os.environ):
        if name.upper().startswith("REPLYDESK_"):
            monkeypatch.delenv(name)


def test_without_anything_set_it_runs_on_this_machine_alone() -> None:
    settings = load_settings()

    assert settings.host == "127.0.0.1"
    assert settings.port == 8000
    assert settings.ops_listener_port == 8001
    assert load_settings(port=65_535).ops_listener_port == 65_534
    assert settings.database == f"sqlite:///{Path('var/replydesk.sqlite3').absolute()}"
    assert settings.redis is None
    assert settings.root_key_path == Path("var/root.key")
    assert settings.email_mode is EmailMode.HASH
    assert settings.rate_limits


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLYDESK_PORT", "9000")
    monkeypatch.setenv("REPLYDESK_DATABASE_URL", SECRET)
    monkeypatch.setenv("REPLYDESK_RATE_LIMITS", "off")
    monkeypatch.setenv("REPLYDESK_TRUSTED_PROXIES", "10.0.0.0/8, 127.0.0.1,")
    monkeypatch.setenv("REPLYDESK_LOG_LEVEL", "DEBUG")
    monkeypatch.setenv("REPLYDESK_DATA_DIR", "/srv/replydesk")

    settings = load_settings()

    assert settings.port == 9000
    assert settings.database == SECRET
    assert not settings.rate_limits
    assert settings.trusted_proxies == ("10.0.0.0/8", "127.0.0.1")
    assert settings.log_level == "debug"
    assert settings.root_key_path == Path("/srv/replydesk/root.key")


def test_a_toml_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = tmp_path / "replydesk.toml"
    config.write_text('port = 9000\nhost = "::1"\ntrusted_hosts = ["a.example", "b.example"]\n')
    monkeypatch.setenv("REPLYDESK_CONFIG", str(config))
    monkeypatch.setenv("REPLYDESK_PORT", "9001")

    settings = load_settings()

    assert (settings.port, settings.host) == (9001, "::1")
    assert settings.trusted_hosts == ("a.example", "b.example")


@pytest.mark.parametrize(("name", "secret"), [("database_url", SECRET), ("redis_url", "redis://:sekret@cache")])
def test_a_secret_may_stand_in_a_file(name: str, secret: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{secret}\n")
    monkeypatch.setenv(f"REPLYDESK_{name.upper()}_FILE", str(tmp_path / "secret"))

    assert getattr(load_settings(), name).get_secret_value() == secret


def test_the_variable_wins_over_its_file_and_the_file_over_toml(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("sqlite:////from-file")
    (tmp_path / "replydesk.toml").write_text('database_url = "sqlite:////from-toml"')
    monkeypatch.setenv("REPLYDESK_CONFIG", str(tmp_path / "replydesk.toml"))
    assert load_settings().database == "sqlite:////from-toml"

    monkeypatch.setenv("REPLYDESK_DATABASE_URL_FILE", str(tmp_path / "secret"))
    assert load_settings().database == "sqlite:////from-file"

    monkeypatch.setenv("REPLYDESK_DATABASE_URL", "sqlite:////from-variable")
    assert load_settings().database == "sqlite:////from-variable"


def test_what_is_passed_in_wins_over_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLYDESK_PORT", "9000")

    assert load_settings(port=9002).port == 9002


def test_settings_never_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().port = 1  # type: ignore[misc]  # it is refused, which is the point


def test_printed_settings_show_no_secret() -> None:
    settings = load_settings(database_url=SECRET, redis_url="redis://:sekret@cache")

    for shown in (repr(settings), str(settings), f"{settings}", settings.model_dump_json(), str(settings.model_dump())):
        assert "sekret" not in shown
        assert "database_url" in shown


WRONG = {
    "PORT": ["0", "65536", "sekret", "", "80.5"],
    "OPS_PORT": ["0", "sekret"],
    "RATE_LIMITS": ["sekret", "2"],
    "EMAIL_MODE": ["sekret", "plaintext"],
    "LEASE_SECONDS": ["1", "3601", "sekret"],
    "SWEEP_SECONDS": ["0", "-1", "301", "sekret"],
    "WEB_WORKERS": ["0", "65"],
    "WORKERS": ["0", "65"],
    "LOG_LEVEL": ["sekret", ""],
    "SESSION_HOURS": ["0"],
    "REDIS_URL": [
        "",
        "localhost:6379",
        "http://:sekret@cache",
        "redis:sekret",
        "redis://:sekret/word@cache:6379/0",
        "redis://:se?kret@cache:6379/0",
        "redis://:6379/sekret@cache",
        "redis://:12#sekret@cache",
        "redis://:12?sekret@cache",
        "redis://:sekret@cache:99999/0",
        "redis://:sekret@cache:0/0",
        "redis://[sekret",
        "unix://sekret",
        "unix://",
    ],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_value_is_named_and_not_shown(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"REPLYDESK_{name}", value)

    with pytest.raises(BadSettings, match=f"^REPLYDESK_{name}: ") as wrong:
        load_settings()
    assert "sekret" not in str(wrong.value)
    assert "\n" not in str(wrong.value)
    assert wrong.value.__cause__ is None
    assert wrong.value.__suppress_context__, "the context would show the value"


def test_all_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLYDESK_PORT", "x")
    monkeypatch.setenv("REPLYDESK_WORKERS", "x")

    with pytest.raises(BadSettings) as wrong:
        load_settings()
    assert "REPLYDESK_PORT" in str(wrong.value)
    assert "REPLYDESK_WORKERS" in str(wrong.value)


def test_a_missing_secret_file_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REPLYDESK_DATABASE_URL_FILE", str(tmp_path / "missing"))

    with pytest.raises(BadSettings, match="REPLYDESK_DATABASE_URL_FILE cannot be read"):
        load_settings()


def test_a_missing_settings_file_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REPLYDESK_CONFIG", str(tmp_path / "missing"))

    with pytest.raises(BadSettings, match="REPLYDESK_CONFIG"):
        load_settings()


@pytest.mark.parametrize("content", [b"port = = sekret", b"\xff\xfe", b"sekret"])
def test_a_broken_settings_file_is_an_error(content: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = tmp_path / "replydesk.toml"
    config.write_bytes(content)
    monkeypatch.setenv("REPLYDESK_CONFIG", str(config))

    with pytest.raises(BadSettings, match="settings file") as wrong:
        load_settings()
    assert "sekret" not in str(wrong.value)


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_provider_needs_what_it_sends_people_back_to() -> None:
    with pytest.raises(BadSettings, match="REPLYDESK_PUBLIC_URL"):
        load_settings(oidc_issuer="https://login.example", oidc_client_id="desk")
    with pytest.raises(BadSettings, match="REPLYDESK_OIDC_CLIENT_ID"):
        load_settings(oidc_issuer="https://login.example", public_url="https://comments.example")


@pytest.mark.parametrize("issuer", ["http://login.example", "login.example", "ftp://login.example", "https://", ""])
def test_provider_is_spoken_to_by_https_alone(issuer: str) -> None:
    with pytest.raises(BadSettings, match="OIDC_ISSUER"):
        load_settings(oidc_issuer=issuer, oidc_client_id="desk", public_url="https://comments.example")


@pytest.mark.parametrize("missing", ["NOTICE_PUBLIC_KEY_FILE", "PUBLIC_URL"])
def test_sealing_needs_a_key_and_an_address_for_its_links(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    needed = {"NOTICE_PUBLIC_KEY_FILE": "/etc/replydesk/public.pem", "PUBLIC_URL": "https://comments.example"}
    for name, value in {"EMAIL_MODE": "sealed", **needed}.items():
        monkeypatch.setenv(f"REPLYDESK_{name}", value)
    assert load_settings().email_mode is EmailMode.SEALED

    monkeypatch.delenv(f"REPLYDESK_{missing}")

    with pytest.raises(BadSettings, match=f"REPLYDESK_EMAIL_MODE=sealed also needs.*REPLYDESK_{missing}"):
        load_settings()


@pytest.mark.parametrize(
    "url",
    [
        "redis://cache",
        "redis://:se%2Fkret@cache:6379/0",
        "rediss://ada:sekret@[::1]:6380/2?ssl_cert_reqs=none",
        "unix:///run/valkey/valkey.sock",
        "unix://ada:sekret@/run/it@home/valkey.sock?db=1",
    ],
)
def test_a_redis_address_that_a_client_understands_is_taken(url: str) -> None:
    assert load_settings(redis_url=url).redis == url
    connect_quickly(url).close()
