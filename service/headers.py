"""Security headers on every answer, errors included. A view that needs another value sets it itself."""

from collections.abc import Iterable

from flask import Flask, Response, g, request

from service.parts import Parts

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action {form_action}; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY.format(form_action="'self'"),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}
_ONE_YEAR_SECONDS = 31_536_000


def policy_with_form_action(origins: Iterable[str]) -> str:
    """Return the policy of a page whose form may end at these origins: Chrome applies form-action to redirects too."""
    return _POLICY.format(form_action=" ".join(["'self'", *origins]))


def share_across_origins() -> None:
    """Let other origins embed this answer. Reading it from a script still takes CORS."""
    g.is_shared = True


def keep_private() -> None:
    """Keep this answer out of every cache, search engine and other site's log: it holds somebody's private link."""
    g.is_private = True


def is_private() -> bool:
    """Say whether the answer is for one reader only."""
    return bool(g.get("is_private"))


def register(app: Flask, parts: Parts) -> None:
    """Put the headers on every answer of this app."""
    is_https = (parts.settings.public_url or "").startswith("https://")

    @app.after_request
    def protect(answer: Response) -> Response:
        if is_private():
            _keep_private(answer)
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        if g.get("is_shared") or request.endpoint == "static":
            answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if is_https:
            answer.headers["Strict-Transport-Security"] = f"max-age={_ONE_YEAR_SECONDS}"
        return answer


def _keep_private(answer: Response) -> None:
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    # Not "no-referrer" for a page with a form: a browser would post it with "Origin: null".
    answer.headers.setdefault("Referrer-Policy", "same-origin")
