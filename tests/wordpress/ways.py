"""The ways a WordPress comes to show our comments, each with the very files that we ship in deploy/wordpress/."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers.wordpress import WebServer, Wordpress

_SHIPPED = Path("deploy/wordpress")
SITE = "herald"
Prepare = Callable[[Wordpress, str], None]


def by_rewrite(wordpress: Wordpress, replydesk: str) -> None:
    """Change the web server alone: it hands one path over and includes the comments. No PHP is touched."""
    _without_plugin(wordpress)
    wordpress.serve(WebServer(*(_filled(f"nginx-{part}.conf", replydesk) for part in ("http", "server", "php"))))


def by_plugin(wordpress: Wordpress, replydesk: str) -> None:
    """Put the plugin in; the web server stays as it was."""
    _plug_in(wordpress, {"REPLYDESK_URL": replydesk, "REPLYDESK_SITE": SITE})
    wordpress.serve(WebServer())


def by_both(wordpress: Wordpress, replydesk: str) -> None:
    """Have the web server hand the form's path over and the plugin show the comments."""
    _plug_in(wordpress, {"REPLYDESK_URL": replydesk, "REPLYDESK_SITE": SITE, "REPLYDESK_REWRITE": "1"})
    wordpress.serve(
        WebServer(http=_filled("nginx-http.conf", replydesk), server=_filled("nginx-server.conf", replydesk))
    )


def by_apache(wordpress: Wordpress, replydesk: str) -> None:
    """The same by Apache."""
    _plug_in(wordpress, {"REPLYDESK_URL": replydesk, "REPLYDESK_SITE": SITE, "REPLYDESK_REWRITE": "1"})
    wordpress.serve(WebServer(server=_filled("apache.conf", replydesk), kind="apache"))


WAYS: Mapping[str, Prepare] = {
    "rewrite and include by nginx": by_rewrite,
    "plugin": by_plugin,
    "rewrite by nginx and plugin": by_both,
    "rewrite by Apache and plugin": by_apache,
}


def _filled(name: str, replydesk: str) -> str:
    """Return a shipped file with this installation's addresses in the place of its examples."""
    host = urlsplit(replydesk).netloc
    text = (_SHIPPED / name).read_text(encoding="utf-8")
    return text.replace("127.0.0.1:8000", host).replace("comments.example.org", host).replace("KEY", SITE)


def _plug_in(wordpress: Wordpress, constants: Mapping[str, str]) -> None:
    _without_plugin(wordpress)
    plugins = wordpress.www / "wp-content" / "mu-plugins"
    # A name of its own each time: PHP remembers for seconds what a file held.
    settings = plugins / f"0-{len(constants)}-settings.php"
    lines = [f"define( '{name}', '{value}' );" for name, value in constants.items()]
    settings.write_text("\n".join(["<?php", *lines]) + "\n", encoding="utf-8")
    shutil.copy(_SHIPPED / "replydesk.php", plugins)


def _without_plugin(wordpress: Wordpress) -> None:
    for file in (wordpress.www / "wp-content" / "mu-plugins").glob("*.php"):
        if file.name != "quiet.php":
            file.unlink()
