"""A crew of its own: `python -m tests.workers.crew_process [HUNG_SECONDS]`, with checks that obey the texts."""

import sys

from comments.settings import load_settings
from ops.logs import configure_logs
from tests.workers.opinions import obey
from workers import crew

if __name__ == "__main__":
    configure_logs("info")
    if len(sys.argv) > 1:
        crew.HUNG_SECONDS = float(sys.argv[1])
    crew.Crew(load_settings(), lambda _store: obey).run()
