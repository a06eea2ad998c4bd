"""The shipped first-stage models: language, spam and abuse on one shared hashing pass, with numpy alone.

What a check uses:

    stage = load_model()                 # once, before forking; raises ModelDamaged
    scores = stage.score(normalised)     # many texts at a time: one Scores each
    words = stage.explain(normalised[0], Head.ABUSE)   # WordEvidence: spans of the text as typed, log-odds
    stage.bands(Head.ABUSE).hold_at      # probability from which to hold; .reject_at to reject
    stage.version                        # names the weights in a signal

`Scores.abuse` is None where the models have no opinion (texts that are not English or Pidgin). None is not "clean".
`Scores.abuse.kinds` says what sort of abuse it would be (INSULT, IDENTITY_ATTACK, …); only `.probability` decides.

The weights are `first_stage.npz`; `first_stage.json` seals and describes them; `MODEL_CARD.md` says what they were
trained on, what they reach and where they fail. `python -m training first-stage` makes all three.
"""

from workers.model.evidence import WordEvidence
from workers.model.first_stage import Abuse, FirstStage, Scores, load_model
from workers.model.heads import KINDS, Head, Language
from workers.model.weights import Bands, ModelDamaged

__all__ = [
    "KINDS",
    "Abuse",
    "Bands",
    "FirstStage",
    "Head",
    "Language",
    "ModelDamaged",
    "Scores",
    "WordEvidence",
    "load_model",
]
