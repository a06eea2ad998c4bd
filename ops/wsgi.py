"""What granian starts in each of its processes: the service, and the demo site beside it when asked for."""

import os
import signal

from flask import Flask

from comments.metrics import open_metrics
from ops.balance import Balance
from ops.bridge import Bridge
from ops.handover import leave_when_told, own_place
from ops.logs import configure_logs
from ops.preview import Trials
from service import wsgi
from service.parts import parts
from workers.parent_death import die_with_parent

# Set by `up --demo` for its children.
DEMO = "REPLYDESK_DEMO"


def build() -> Flask:
    """Return the application for the settings in force. Raises what `service.wsgi.build` raises."""
    # Not by SIGTERM: now and then granian's process hangs on it for good, in the middle of a write that locks the
    # database for everybody, and nobody is left to end it. What was answered is on disk.
    die_with_parent(os.getppid(), by=signal.SIGKILL)
    app = wsgi.build(Trials)
    with app.app_context():
        configure_logs(parts().settings.log_level)
        open_metrics(parts().settings.data_dir)
    if os.environ.get(DEMO) == "1":
        add_demo(app)
    return app


def build_bridge() -> Bridge:
    """Return the same for granian, which hands over whole requests."""
    app = build()
    leave_when_told()
    with app.app_context():
        place = own_place()
        balance = None if place is None else Balance(place)
        return Bridge(app, threads=parts().settings.web_threads, balance=balance)


def add_demo(app: Flask) -> None:
    """Put the demo newspaper at `/`."""
    from demo.site import create_site  # noqa: PLC0415 - only when asked for
    from service.threads import render_thread  # noqa: PLC0415 - as above

    app.register_blueprint(create_site(render_thread))
