"""The demo newspaper's pages, with the comments and the reply form already in the first HTML."""

from collections.abc import Callable, Mapping
from functools import partial

from flask import Blueprint, render_template, request, url_for
from markupsafe import Markup

from demo.stories import BRIEFS, SECTIONS, SITE_KEY, STORIES, Story, briefs_in, stories_in

# (site key, thread key, thread url, thread title, the page's query) → comments and reply form.
RenderThread = Callable[[str, str, str, str, Mapping[str, str]], Markup]


def create_site(render_thread: RenderThread) -> Blueprint:
    """The newspaper as a blueprint for `/`; `render_thread` gives what stands under each article."""
    # Its own static path: the application's is taken by the service's files.
    site = Blueprint(
        "demo", __name__, template_folder="templates", static_folder="static", static_url_path="/demo-static"
    )
    site.context_processor(lambda: {"site_key": SITE_KEY})
    for story in STORIES:
        site.add_url_rule(story.path, story.key, partial(_show_story, story, render_thread))
    site.add_url_rule("/<any(" + ",".join(SECTIONS) + "):section>", "section", _show_section)
    return site


def _show_story(story: Story, render_thread: RenderThread) -> str:
    story_url = url_for(f"demo.{story.key}", _external=True)
    thread = render_thread(SITE_KEY, story.key, story_url, story.headline, request.args.to_dict())
    return render_template(
        f"demo/{story.key}.html",
        story=story,
        story_url=story_url,
        thread=thread,
        sections=SECTIONS,
        stories=STORIES,
        briefs=BRIEFS,
    )


def _show_section(section: str) -> str:
    return render_template(
        "demo/section.html",
        section=section,
        sections=SECTIONS,
        stories=stories_in(section),
        briefs=briefs_in(section),
    )
