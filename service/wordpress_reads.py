"""WordPress's REST list of comments, for clients that read it: approved comments in the public contexts, no more."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for

from comments.masking import mask_addresses
from comments.store.public_lists import ListedComment, ListPage, Wanted
from comments.store.records import Site
from comments.submission import MAX_ID
from service.answers import NO_STORE, json_bytes
from service.cross_origin import readable_by
from service.door import door
from service.form_answers import is_page_of
from service.identicons import picture_urls
from service.links import public_base
from service.parts import parts
from service.rendered import paragraphs
from service.thread_json import tag_of
from service.wordpress_fields import THREAD_KEY_PREFIX, read_number
from service.wordpress_query import Question, RestProblem, read_context, read_question

wordpress_reads = Blueprint("wordpress_reads", __name__)

SHORT_CACHE = "public, max-age=5, stale-while-revalidate=30"
PATHS = ("/wp/v2/comments", "/wp-json/wp/v2/comments")
_NOT_IN_EMBED = ("post", "date_gmt", "status", "meta")


@wordpress_reads.get(PATHS[0])
@wordpress_reads.get(PATHS[1])
def list_comments() -> Response:
    """Answer with one page of a site's approved comments."""
    site = _site()
    question = read_question(_sent())
    page = parts().store.public_lists.page(question.wanted(site.id))
    answer = _answer([_fields(site, comment, question.context) for comment in page.comments])
    pages = -(-page.total // question.per_page)
    answer.headers["X-WP-Total"] = str(page.total)
    answer.headers["X-WP-TotalPages"] = str(pages)
    if links := _links_between(site, question, pages):
        answer.headers["Link"] = ", ".join(links)
    return answer


@wordpress_reads.get(f"{PATHS[0]}/<int:comment_id>")
@wordpress_reads.get(f"{PATHS[1]}/<int:comment_id>")
def show_comment(comment_id: int) -> Response:
    """Answer with one approved comment."""
    site = _site()
    context = read_context(_sent())
    page = ListPage((), 0)
    if 0 < comment_id <= MAX_ID:
        page = parts().store.public_lists.page(Wanted(site.id, ids=(comment_id,), limit=1))
    if not page.comments:
        # The same for a comment that waits, was rejected or never was.
        raise RestProblem(404, "rest_comment_invalid_id", "Invalid comment ID.")
    return _answer(_fields(site, page.comments[0], context))


@wordpress_reads.errorhandler(RestProblem)
def refuse(problem: RestProblem) -> Response:
    """Answer with an error as WordPress writes it."""
    data: dict[str, object] = {"status": problem.status}
    if problem.params:
        data["params"] = problem.params
    body = {"code": problem.code, "message": problem.message, "data": data}
    answer = Response(json_bytes(body), problem.status, mimetype="application/json")
    answer.headers["Cache-Control"] = NO_STORE
    return answer


def _sent() -> Mapping[str, Sequence[str]]:
    return dict(request.args.lists())


def _site() -> Site:
    key = request.args.get("site", "")
    if not key:
        missing = {"site": "site is the key of the site."}
        raise RestProblem(400, "rest_missing_callback_param", "Missing parameter(s): site", missing)
    site = door().sites.find(key)
    if site is None:
        raise RestProblem(404, "rest_no_site", "There is no such site.")
    readable_by(site)
    return site


def _answer(payload: object) -> Response:
    body = json_bytes(payload)
    answer = Response(body, mimetype="application/json")
    answer.headers["Cache-Control"] = SHORT_CACHE
    answer.set_etag(tag_of(body))
    answer.make_conditional(request)
    return answer


def _fields(site: Site, comment: ListedComment, context: str) -> dict[str, object]:
    moment = f"{comment.created_at:%Y-%m-%dT%H:%M:%S}"
    fields: dict[str, object] = {
        "id": comment.id,
        "post": _post_of(comment.thread_key),
        "parent": comment.parent_id or 0,
        "author": 0,
        "author_name": mask_addresses(comment.name),
        "author_url": "",
        "date": moment,
        "date_gmt": moment,
        "content": {"rendered": paragraphs(comment.text) + "\n"},
        "link": _link_to(site, comment),
        "status": "approved",
        "type": "comment",
        "author_avatar_urls": picture_urls(site.key, comment.name),
        "meta": [],
        "_links": _links_of(site, comment),
    }
    return {name: value for name, value in fields.items() if context == "view" or name not in _NOT_IN_EMBED}


def _post_of(thread_key: str) -> int:
    """Return the number of WordPress's post; 0 for an article that WordPress did not number."""
    return int(read_number(thread_key.removeprefix(THREAD_KEY_PREFIX)) or 0) if _is_post(thread_key) else 0


def _is_post(thread_key: str) -> bool:
    return thread_key.startswith(THREAD_KEY_PREFIX)


def _link_to(site: Site, comment: ListedComment) -> str:
    page = comment.thread_url
    if not is_page_of(site.key, page):
        page = public_base() + url_for("threads.show_thread", site_key=site.key, thread=comment.thread_key)
    return f"{page.partition('#')[0]}#comment-{comment.id}"


def _links_of(site: Site, comment: ListedComment) -> dict[str, object]:
    links: dict[str, object] = {
        "self": [{"href": _url(site, f"/{comment.id}")}],
        "collection": [{"href": _url(site)}],
    }
    if comment.parent_id:
        links["in-reply-to"] = [{"embeddable": True, "href": _url(site, f"/{comment.parent_id}")}]
    return links


def _links_between(site: Site, question: Question, pages: int) -> list[str]:
    around = {"prev": min(question.page - 1, pages), "next": question.page + 1 if question.page < pages else 0}
    return [f'<{_url(site, **question.query(page))}>; rel="{rel}"' for rel, page in around.items() if page > 0]


def _url(site: Site, inside: str = "", **query: str) -> str:
    """Return an address under the same of our two paths that was asked."""
    path = PATHS[1] if request.path.startswith(PATHS[1]) else PATHS[0]
    return f"{public_base()}{path}{inside}?{urlencode({'site': site.key, **query})}"
