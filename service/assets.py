"""Our style sheets, with their content's hash in the address so that a browser may keep them for a year."""

import hashlib
from pathlib import Path

from flask import Flask, Response, request

_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_MINUTES = "public, max-age=300"


def register(app: Flask) -> None:
    """Give the templates `asset(name)` and the files their lifetime."""
    folder = Path(app.root_path) / "static"
    versions = {str(file.relative_to(folder)): _hash(file) for file in folder.rglob("*") if file.is_file()}

    def asset(name: str) -> str:
        return f"/static/{name}?v={versions[name]}"

    app.jinja_env.globals["asset"] = asset

    @app.after_request
    def keep(answer: Response) -> Response:
        if request.endpoint == "static" and answer.status_code == 200:
            answer.headers["Cache-Control"] = _FOR_EVER if request.args.get("v") else _FOR_MINUTES
        return answer


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:8]
