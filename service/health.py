"""Liveness and readiness, for orchestrators and load balancers. No address, path or version is said."""

from flask import Blueprint, Response, current_app

from service.answers import json_answer
from service.readiness import Health, Readiness, worst

health = Blueprint("health", __name__)

READINESS = "replydesk.readiness"


@health.get("/healthz")
def live() -> Response:
    """Say that the process answers. It asks nobody: a database that is away must not restart every replica."""
    return json_answer({"status": Health.OK.value})


@health.get("/readyz")
def ready() -> Response:
    """Say whether comments can be kept (503 when not), and what else is not as it should be (200, degraded)."""
    readiness: Readiness = current_app.extensions[READINESS]
    checks = readiness.check()
    status = worst(checks)
    named = {name: {"status": check.status.value, "reason": check.reason} for name, check in checks.items()}
    return json_answer({"status": status.value, "checks": named}, 503 if status is Health.UNAVAILABLE else 200)
