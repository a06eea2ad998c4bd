"""A private WordPress for comparison: Debian's package, its stock theme, on loopback, gone with its directory.

Needs root, for its servers run as their own users, and what `PACKAGES` names. It sends no mail and asks nobody.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

PACKAGES = (
    "wordpress",
    "wordpress-theme-twentytwentyone",
    "nginx-light",
    "apache2",
    "php-fpm",
    "php-mysql",
    "php-xml",
    "php-mbstring",
    "mariadb-server",
)
_SOURCE = Path("/usr/share/wordpress")
_FILES = Path(__file__).parent.parent / "wordpress" / "private"
_CREATE = """CREATE DATABASE wordpress; CREATE USER wordpress@localhost IDENTIFIED BY 'wordpress';
GRANT ALL ON wordpress.* TO wordpress@localhost"""
_START_SECONDS = 60
_STOP_SECONDS = 20


class NoWordpress(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with one line that says why no WordPress can run here."""


@dataclass(frozen=True)
class WebServer:
    """Which one it is, and what stands in it beside WordPress: in `http`, in `server`, and where PHP is handed on."""

    http: str = ""
    server: str = ""
    php: str = ""
    kind: str = "nginx"


@dataclass
class Wordpress:
    """A running WordPress. Its own files are in `www`. One that `is_durable` waits for the disk with each commit."""

    directory: Path
    port: int
    php_processes: int = 2
    is_durable: bool = False
    _processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The front page, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def www(self) -> Path:
        """Where WordPress's own files are."""
        return self.directory / "www"

    @property
    def version(self) -> str:
        """WordPress's version."""
        return self.php("echo $GLOBALS['wp_version'];")

    def start(self) -> None:
        """Start database, PHP and web server and install WordPress."""
        _make_database(self)
        database = ["mariadbd", "--no-defaults", f"--datadir={self.directory}/db", "--skip-networking"]
        options = [f"--socket={self.directory}/run/mariadb.sock", f"--pid-file={self.directory}/run/mariadb.pid"]
        flush = f"--innodb-flush-log-at-trx-commit={int(self.is_durable)}"
        self._start("mariadb", [*database, *options, flush], user="mysql")
        _wait(lambda: self._asks_database("SELECT 1"), self.directory)
        assert self._asks_database(_CREATE)
        _copy_wordpress(self)
        self._start("fpm", [_find_fpm(), "-F", "-y", self.fill_in("fpm.conf")])
        self.serve(WebServer())
        self.php((_FILES / "install.php").read_text(encoding="utf-8"), "installing")

    def stop(self) -> None:
        """End everything that was started."""
        for name in reversed(list(self._processes)):
            self._stop(name)

    def php(self, code: str, *options: str) -> str:
        """Run PHP code inside this WordPress and return what it printed."""
        command = ["php", "-d", "display_errors=stderr", _FILES / "console.php", self.www, *options]
        return subprocess.run(command, input=code, capture_output=True, text=True, check=True).stdout

    def sql(self, statement: str) -> str:
        """Run a statement as the database's root and return what it printed, without headings."""
        socket_path = self.directory / "run" / "mariadb.sock"
        command = ["mariadb", "--no-defaults", "-N", "-S", socket_path, "-uroot"]
        return subprocess.run(
            [*command, "wordpress"], input=statement, capture_output=True, text=True, check=True
        ).stdout

    def serve(self, web: WebServer) -> None:
        """Start the web server, or start it anew with another configuration."""
        for name in ("nginx", "apache"):
            self._stop(name)
        config = self.fill_in(f"{web.kind}.conf", HTTP=web.http, SERVER=web.server, PHP=web.php)
        command = ["nginx", "-c", config] if web.kind == "nginx" else ["apache2", "-DFOREGROUND", "-f", config]
        self._start(web.kind, [*command])
        _wait(lambda: _answers(f"{self.url}/wp-includes/css/buttons.css"), self.directory)

    def fill_in(self, name: str, **words: str) -> Path:
        """Write one of our files into the directory, with its words filled in, and return where."""
        known = {"RUN": f"{self.directory}/run", "WWW": str(self.www), "PORT": str(self.port), "URL": self.url}
        known["CHILDREN"] = str(self.php_processes)
        text = (_FILES / name).read_text(encoding="utf-8")
        for word, value in {**known, **words}.items():
            text = text.replace(f"@{word}@", value)
        path = self.directory / name
        path.write_text(text, encoding="utf-8")
        return path

    def _start(self, name: str, command: list[str | Path], *, user: str | None = None) -> None:
        with (self.directory / f"{name}.out").open("ab") as log:
            self._processes[name] = subprocess.Popen(command, stdout=log, stderr=log, user=user)

    def _stop(self, name: str) -> None:
        process = self._processes.pop(name, None)
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _asks_database(self, statement: str) -> bool:
        command = ["mariadb", "--no-defaults", "-S", self.directory / "run" / "mariadb.sock", "-uroot", "-e", statement]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


@contextlib.contextmanager
def running_wordpress(port: int = 0, *, php_processes: int = 2, is_durable: bool = False) -> Iterator[Wordpress]:
    """Run a fresh WordPress for the length of the block; it takes about ten seconds. Raises NoWordpress."""
    _look_for_everything()
    directory = Path(tempfile.mkdtemp(prefix="replydesk-wordpress-"))
    directory.chmod(0o755)  # its servers are other users
    wordpress = Wordpress(directory, port or _free_port(), php_processes, is_durable)
    try:
        wordpress.start()
        yield wordpress
    finally:
        wordpress.stop()
        shutil.rmtree(directory, ignore_errors=True)


def _look_for_everything() -> None:
    programs = {name: shutil.which(name) for name in ("mariadbd", "mariadb-install-db", "nginx", "apache2", "php")}
    is_complete = all(programs.values()) and _SOURCE.is_dir() and _find_fpm()
    if not is_complete:
        raise NoWordpress(f"no WordPress on this machine; as root: apt-get install {' '.join(PACKAGES)}")
    if os.geteuid() != 0:
        raise NoWordpress("a private WordPress needs root: its servers run as their own users")


def _find_fpm() -> str:
    return next((str(path) for path in sorted(Path("/usr/sbin").glob("php-fpm*"))), "")


def _make_database(wordpress: Wordpress) -> None:
    for name in ("db", "run"):
        (wordpress.directory / name).mkdir()
        shutil.chown(wordpress.directory / name, "mysql", "mysql")
    (wordpress.directory / "run").chmod(0o777)
    command = ["mariadb-install-db", "--no-defaults", "--user=mysql", f"--datadir={wordpress.directory}/db"]
    options = ["--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run([*command, *options], check=True, capture_output=True)


def _copy_wordpress(wordpress: Wordpress) -> None:
    shutil.copytree(_SOURCE, wordpress.www, ignore_dangling_symlinks=True)
    plugins = wordpress.www / "wp-content" / "mu-plugins"
    plugins.mkdir(parents=True)
    shutil.copy(_FILES / "quiet.php", plugins)
    shutil.copy(wordpress.fill_in("wp-config.php"), wordpress.www)


def _wait(claim: Callable[[], bool], directory: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while not claim():
        if time.monotonic() > until:
            logs = [path.read_text(errors="replace")[-500:] for path in directory.glob("*.out")]
            raise NoWordpress(f"it did not start: {' '.join(logs)}")
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
