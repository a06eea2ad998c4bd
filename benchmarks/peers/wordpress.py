"""A private WordPress for comparison: Debian's, with its stock theme, nginx, PHP-FPM and MariaDB; no page cache."""

import contextlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.seed import seed_texts
from tests.servers.wordpress import Wordpress, running_wordpress

_FILES = Path(__file__).parent
# Twice as many as cores, as its request waits for the database now and then.
_PHP_PROCESSES = 4


@dataclass(frozen=True)
class Peer:
    """A running WordPress, the numbers of its articles to post to, and the page with a hundred comments."""

    wordpress: Wordpress
    articles: tuple[str, ...]
    version: str

    @property
    def url(self) -> str:
        """The front page, without a slash at its end."""
        return self.wordpress.url

    @property
    def page_url(self) -> str:
        """The article with the hundred comments."""
        return f"{self.url}/bench/"

    def count(self) -> int:
        """Return how many comments are in its database."""
        return int(self.wordpress.sql("SELECT count(*) FROM wp_comments"))


@contextlib.contextmanager
def running_peer(articles: int) -> Iterator[Peer]:
    """Run a fresh one for the length of the block, each commit on disk. Raises NoWordpress."""
    with running_wordpress(php_processes=_PHP_PROCESSES, is_durable=True) as wordpress:
        shutil.copy(_FILES / "no_flood_limit.php", wordpress.www / "wp-content" / "mu-plugins")
        seed = wordpress.directory / "seed.json"
        seed.write_text(json.dumps({"texts": seed_texts(), "articles": articles}), encoding="utf-8")
        made = wordpress.php((_FILES / "wordpress.php").read_text(encoding="utf-8"), str(seed))
        database = wordpress.sql("SELECT version()").strip()
        version = f"WordPress {wordpress.version}, {database}, PHP {wordpress.php('echo PHP_VERSION;')}"
        yield Peer(wordpress, tuple(str(number) for number in json.loads(made)), version)
