"""Our style sheets and scripts, with their content's hash in the address so that a browser may keep them for a year."""

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from flask import Flask, Response, request

_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_MINUTES = "public, max-age=300"


def register(app: Flask) -> None:
    """Give the templates `asset(name)` and the files their lifetime."""
    folder = Path(app.root_path) / "static"
    hashes = {str(file.relative_to(folder)): _hash(file) for file in sorted(folder.rglob("*")) if file.is_file()}
    versions = _folder_versions(hashes)

    def asset(name: str) -> str:
        inside = str(PurePosixPath(name).parent)
        return f"/static/v-{versions[inside]}/{name}" if inside in versions else f"/static/{name}?v={hashes[name]}"

    def versioned(version: str, filename: str) -> Response:
        del version  # only makes the address new: a page of an older release gets what there is now
        return app.send_static_file(filename)

    app.jinja_env.globals["asset"] = asset
    app.add_url_rule("/static/v-<version>/<path:filename>", "versioned_static", versioned)

    @app.after_request
    def keep(answer: Response) -> Response:
        if request.endpoint in {"static", "versioned_static"} and answer.status_code == 200:
            answer.headers["Cache-Control"] = _FOR_EVER if _is_current(versions) else _FOR_MINUTES
        return answer


def _folder_versions(hashes: Mapping[str, str]) -> dict[str, str]:
    """Return one version for each folder: its modules import each other by name, so they change address together."""
    inside: dict[str, str] = {}
    for name, version in hashes.items():
        folder = str(PurePosixPath(name).parent)
        if folder != ".":
            inside[folder] = inside.get(folder, "") + name + version
    return {folder: hashlib.sha256(all_of_it.encode()).hexdigest()[:8] for folder, all_of_it in inside.items()}


def _is_current(versions: Mapping[str, str]) -> bool:
    if request.endpoint == "static":
        return bool(request.args.get("v"))
    return (request.view_args or {}).get("version") in versions.values()


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:8]
