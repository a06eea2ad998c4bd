"""R-01 to R-04 and R-20: kill -9, at random instants and at the instants that matter."""

from comments.failpoints import Point
from tests.faults.keeper import Service
from tests.faults.stage import Stage

# Valkey, the worker with its child and sweeper, and the web server with two processes.
UP_CHILDREN = 7
WORKER_POINTS = (Point.CLAIMED, Point.JUDGED, Point.BEFORE_DECISION, Point.AFTER_DECISION)


def kill_web(stage: Stage) -> None:
    """R-01: one process, the parent alone, all of them, or the one that has just committed a comment."""
    stage.pause(1.0)
    if stage.chance.random() < 0.4:
        stage.die_at(Point.COMMITTED)
    else:
        _kill_some(stage, stage.chance.choice(stage.installation.webs))


def kill_worker(stage: Stage) -> None:
    """R-02: as above, with the instants of a drain."""
    stage.pause(0.5)
    if stage.chance.random() < 0.6:
        stage.die_at(stage.chance.choice(WORKER_POINTS))
    else:
        _kill_some(stage, stage.chance.choice(stage.installation.workers))


def kill_valkey(stage: Stage) -> None:
    """R-03: it comes back with its file, or with nothing."""
    stage.pause(0.5)
    valkey = stage.installation.valkey
    with stage.installation.keeper.hold(valkey):
        stage.kill(stage.wait_for_victims(valkey.family))
        if stage.chance.random() < 0.5:
            for file in (stage.installation.data / "valkey").rglob("*.aof*"):
                file.unlink()
        stage.pause(0.8)


def kill_all(stage: Stage) -> None:
    """R-04: web, workers, Valkey and PostgreSQL in one instant, as when the machine's power button is held."""
    stage.pause(0.5)
    running = stage.installation
    services = [*running.webs, *running.workers, running.valkey, *([running.postgres] if running.postgres else [])]
    with running.keeper.hold(*services):
        stage.kill([member for service in services for member in service.family()])


def kill_under_up(stage: Stage) -> None:
    """R-20: one that `replydesk up` keeps, one of theirs, or `up` itself, with which all of them go."""
    stage.pause(0.5)
    [up] = stage.installation.webs
    family = stage.wait_for_victims(lambda: up.family() if len(up.children()) >= UP_CHILDREN else [])
    if stage.chance.random() < 0.2:
        stage.kill(family[:1])
    else:
        stage.kill([stage.chance.choice(up.children() or family)])


def _kill_some(stage: Stage, service: Service) -> None:
    """Kill one child, the parent alone so that its children are orphans, or the whole family."""
    kind = stage.chance.choice(("child", "child", "parent", "family"))
    if kind == "child":
        stage.kill([stage.chance.choice(stage.wait_for_victims(service.children))])
    elif kind == "parent":
        stage.kill(stage.wait_for_victims(service.family)[:1])
    else:
        stage.kill(stage.wait_for_victims(service.family))
