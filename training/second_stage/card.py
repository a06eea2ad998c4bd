"""Write the second stage's model card from its header and the figures measured; the words about limits stand here."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from training.evaluate import Figure

INTRODUCTION = """# Second-stage model

Written by `python -m training.second_stage measure`. Do not edit: change `training/second_stage/card.py`.

A transformer of six layers with {pieces:,} word pieces, int8, {size:.1f} MB, version `{version}`. It reads a comment
in stretches of {max_pieces} pieces and answers {heads}.

**Meant for** a second look at comments the first stage is in doubt about, in English and Nigerian Pidgin.
**Not meant for** deciding alone, for judging people, or for any other language: there its answer says nothing.

Probabilities are calibrated as if every second comment were abusive, on comments kept back from training; a site
learns its own rate. Abuse is held from {hold} and may be refused from {reject}, chosen as the first stage's bands are.
"""
ORIGIN = """## Where it comes from

It starts from **{start}**, {licence}; changed: {changed}. That model was itself trained on public web text, among it
sets whose terms ask for research use; its makers publish the weights under Apache-2.0, and so do we pass them on.
The licence is at <https://www.apache.org/licenses/LICENSE-2.0>.

Fine-tuned on these sets. No row of them is in this repository, and none of the sets measured above.
"""
LIMITS = """## Known failures

- **Subtle contempt, irony and dog whistles** still pass: see SOCC and stormfront above.
- **Threats, swearing and sexual abuse have no rated training set**: those heads learnt from patterns and a word list.
  They say what kind of abuse a comment holds, never whether it is abusive. Rules must catch threats.
- **Counter-speech and quoted abuse** were taught with sentences of our own shape; others may still be accused.
- **Unseen identity terms** may raise a score: balanced were the groups in `training/second_stage/phrases.py`.
- **Hausa, Yoruba and Igbo**: not taught. Tone marks and hooked letters are dropped, as BERT does.
- **Single seed**: another run differs by about .005 AUC. int8 steps are chosen per batch, so a probability moves by a
  few hundredths with the company a text keeps.
"""


def write_card(path: Path, first: Mapping[str, float], second: Sequence[Figure]) -> None:
    """Write MODEL_CARD.md beside the model at `path`."""
    header = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    parts = (
        _introduction(header, path),
        _figures(first, second),
        ORIGIN.format(**header["origin"]),
        _sets(header),
        LIMITS,
    )
    path.with_name("MODEL_CARD.md").write_text("\n".join(parts), encoding="utf-8")


def _introduction(header: Mapping[str, Any], path: Path) -> str:
    return INTRODUCTION.format(
        pieces=len(header["pieces"]),
        size=path.stat().st_size / 1e6,
        version=header["version"],
        max_pieces=header["max_pieces"],
        heads=", ".join(header["heads"]),
        hold=header["bands"]["hold_at"],
        reject=header["bands"]["reject_at"],
    )


def _figures(first: Mapping[str, float], second: Sequence[Figure]) -> str:
    rows = "\n".join(
        f"| {figure.name} | {_told(first.get(figure.name))} | {_told(figure.value)} |" for figure in second
    )
    head = "| | first stage | second stage |\n|---|---|---|"
    return (
        "## Figures\n\nOn sets nothing was fitted to. *recall .7* means: at the threshold, each stage its own, "
        f"that finds 70 % of the held-out insults.\n\n{head}\n{rows}\n"
    )


def _told(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value > 1 else f"{value:.4f}".rstrip("0").rstrip(".")


def _sets(header: Mapping[str, Any]) -> str:
    rows = "\n".join(
        f"| {name} | {told['texts']:,} | {told['licence']} |" for name, told in header["learned_from"].items()
    )
    return f"| set | texts | licence |\n|---|---|---|\n{rows}\n"
