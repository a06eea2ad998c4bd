"""Write the model card from the header and the measured figures; the words about limits stand here."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from training.evaluate import Figure

INTRODUCTION = """# First-stage models

Written by `python -m training first-stage --data FOLDER --seed {seed}`. Do not edit: change `training/card.py`.

Linear models on hashed n-grams (words, word pairs, 2–5 characters), seven binary heads and one language head in one
int8 matrix. Version `{version}`, {features:,} features, numpy alone at run time.

**Meant for** sorting comments under news for people to look at: approve, hold, or refuse at the far end.
**Not meant for** deciding alone, for judging people, or for any language but English and Nigerian Pidgin
(elsewhere there is no opinion on abuse, which is not "clean").

Probabilities are calibrated as if every second comment were positive; a site learns its own rate.
Abuse is held from {hold} and may be refused from {reject}; spam from {spam_hold} and {spam_reject}.
Both were set on held-out rows of the training sets. The figures below come from other rows, but the recipe (which sets,
at which weights) was chosen with an eye on them, so expect a little less on text nobody here has seen.
"""
LIMITS = """## Known failures

- **Implied contempt, irony and dog whistles** pass: hate forum sentences and offensive tweets without a rude word are
  mostly missed (see stormfront and olid below). The second stage is for those.
- **Threats, swearing and sexual abuse have no rated training set** here. Their heads learnt from patterns and a
  word list, so they say what kind of abuse a comment holds, never whether it is abusive. Rules must catch threats.
- **Counter-speech and quoted abuse** can be held: "he called her a stupid cow" reads like the insult it reports.
- **Reclaimed words** among friends are held like slurs.
- **Hausa, Yoruba, Igbo and every other language**: no opinion on abuse. One abusive English word in a Hausa sentence
  goes unseen here. Spam in those languages is only seen by its links, numbers and English words.
- **Pidgin** is judged by English abuse; Pidgin insults without an English word ("mumu", "olodo") need the word rules.
- **Language of one or two words** is a guess, and headlines in Pidgin are often read as English.
- **Unseen identity terms** may raise a score: balanced were only the groups listed in `training/own/identity.py`.
- Figures for "spam, unseen video" come from four music videos of 2013–2015; spam has changed since.
"""


def write_card(header_path: Path, figures: Sequence[Figure]) -> None:
    """Write MODEL_CARD.md beside the header."""
    header = json.loads(header_path.read_text(encoding="utf-8"))
    parts = (_introduction(header), _figures(figures), LIMITS, _sources(header))
    header_path.with_name("MODEL_CARD.md").write_text("\n".join(parts), encoding="utf-8")


def _introduction(header: dict[str, Any]) -> str:
    abuse, spam = header["bands"]["abuse"], header["bands"]["spam"]
    return INTRODUCTION.format(
        seed=header["seed"],
        version=header["version"],
        features=header["kept_features"],
        hold=abuse["hold_at"],
        reject=abuse["reject_at"],
        spam_hold=spam["hold_at"],
        spam_reject=spam["reject_at"],
    )


def _figures(figures: Sequence[Figure]) -> str:
    rows = ((figure.name.strip(), f"{figure.value:.4f}", _bar(figure)) for figure in figures)
    return "## Figures\n\nOn rows no model was trained on, through the run-time code.\n\n" + _table(
        ("measure", "value", "bar"), rows
    )


def _bar(figure: Figure) -> str:
    if figure.bar is None:
        return ""
    return f"{'≥' if figure.higher_is_better else '≤'} {figure.bar:g}{'' if figure.is_met else ' (missed)'}"


def _sources(header: dict[str, Any]) -> str:
    heads = list(header["rows"])
    rows = (
        (source, licence, *(str(header["rows"][head].get(source, "")) for head in heads))
        for source, licence in header["licences"].items()
    )
    return "## Training data: rows per head\n\nWeights only; no row is shipped.\n\n" + _table(
        ("source", "licence", *heads), rows
    )


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [names, ["---"] * len(names), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
