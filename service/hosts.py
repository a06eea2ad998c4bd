"""Refuses a request for a host name that is not ours, before anything builds a link from it."""

from collections.abc import Collection

from flask import Flask, request
from werkzeug.sansio.utils import host_is_trusted

from comments.phrases import phrase
from service.problems import Problem

# A probe asks by address, and its answer has no link.
_ANY_HOST = frozenset({"/healthz", "/readyz"})


def register(app: Flask, trusted_hosts: Collection[str]) -> None:
    """Check the host of every request of this app; with no list, only that it is a host name at all."""

    @app.before_request
    def check() -> None:
        if request.path not in _ANY_HOST and not host_is_trusted(request.headers.get("Host", ""), trusted_hosts):
            raise Problem(400, "unknown_host", phrase("This is not the address of this service."))
