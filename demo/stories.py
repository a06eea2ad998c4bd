"""What the demo newspaper prints: its sections, two stories with a thread each, and briefs without one."""

from dataclasses import dataclass
from datetime import UTC, datetime

SITE_KEY = "demo"
SECTIONS = ("news", "entertainment", "education", "foreign", "business", "sports")


@dataclass(frozen=True, slots=True)
class Story:
    """An article with its own page and thread; its text is the template `demo/<key>.html`."""

    key: str
    path: str
    section: str
    headline: str
    standfirst: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Brief:
    """A short item, printed whole on its section's page."""

    key: str
    section: str
    headline: str
    text: str


BORDER_STRIKES = Story(
    key="border-strikes",
    path="/",
    section="foreign",
    headline="Missiles cross the border, then cross back",
    standfirst="Pakistan fired into south-eastern Iran on Thursday, about a day after Iranian strikes on its own soil. "
    "Each says it was aiming at armed groups. Two children are among the dead.",
    published_at=datetime(2024, 1, 18, 11, 40, tzinfo=UTC),
)
AMBASSADORS_RECALLED = Story(
    key="ambassadors-recalled",
    path="/foreign/ambassadors-recalled",
    section="foreign",
    headline="Recalled, barred, summoned: a hard week for envoys",
    standfirst="Before it answered with missiles, Pakistan answered with its embassy.",
    published_at=datetime(2024, 1, 18, 14, 5, tzinfo=UTC),
)
STORIES = (BORDER_STRIKES, AMBASSADORS_RECALLED)

BRIEFS = (
    Brief(
        key="balochistan-on-the-map",
        section="education",
        headline="Class notes: one people, one desert, three countries",
        text="Teachers looking for this week’s map need the corner where Iran, Pakistan and Afghanistan meet. Baloch "
        "families live on all sides of it. Sistan-Baluchestan is the Iranian part, Balochistan the Pakistani one; the "
        "border between them ends in the Gulf of Oman.",
    ),
    Brief(
        key="oil-watches-the-gulf",
        section="business",
        headline="Oil traders look east again",
        text="Nothing that carries oil was reported hit this week, but a quarrel near the Gulf of Oman is never far from the price "
        "of a barrel. For a country that sells crude and buys petrol, it cuts both ways: more for the treasury, and more "
        "at the pump.",
    ),
    Brief(
        key="eagles-face-the-hosts",
        section="sports",
        headline="Super Eagles meet the hosts in Abidjan",
        text="Nigeria play Côte d’Ivoire this evening in their second group match of the Africa Cup of Nations, after "
        "opening with a 1–1 draw against Equatorial Guinea. A win would put the last sixteen within reach.",
    ),
    Brief(
        key="a-new-grammy",
        section="entertainment",
        headline="A new Grammy, and mostly Nigerian names",
        text="The first award for best African music performance is to be given in Los Angeles in February. Four of the "
        "five recordings in the running are led by Nigerians: Asake with Olamide, Ayra Starr, Burna Boy and Davido. The "
        "fifth is by South Africa’s Tyla.",
    ),
)


def stories_in(section: str) -> tuple[Story, ...]:
    """The stories of a section; *news* is the whole edition."""
    return tuple(story for story in STORIES if section in ("news", story.section))


def briefs_in(section: str) -> tuple[Brief, ...]:
    """The briefs of a section; *news* is the whole edition."""
    return tuple(brief for brief in BRIEFS if section in ("news", brief.section))
