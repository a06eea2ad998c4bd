"""Choose from which probability to hold and to reject, by how often benign training text may reach it."""

from collections.abc import Mapping, Sequence

from training.examples import Example
from training.measures import threshold_for
from workers.model import Bands, FirstStage, Head, Scores
from workers.normalise import normalise

# Raters disagree about these comments: clean ones under real news reach the threshold ten times less often.
ABUSE_HOLD_SHARE = 0.2
# Nobody sees what is rejected, so next to no benign comment may get there.
ABUSE_REJECT_SHARE = 0.001
# An advertisement that is missed is one line; a news sentence that is held is a reader kept waiting.
SPAM_HOLD_SHARE, SPAM_REJECT_SHARE = 0.0075, 0.003
NEWS_LIKE = frozenset({"kaggle_insults"})
BENIGN = frozenset({"kaggle_insults", "own_news", "own_identity_benign"})


def choose_bands(stage: FirstStage, examples: Mapping[str, Sequence[Example]]) -> dict[Head, Bands]:
    """Return the bands of the heads that decide, from held-out benign examples. Nothing of dev/ is looked at."""
    return {
        Head.ABUSE: Bands(
            _reached(stage, _benign(examples[Head.ABUSE], NEWS_LIKE), Head.ABUSE, ABUSE_HOLD_SHARE),
            _reached(stage, _benign(examples[Head.ABUSE], BENIGN), Head.ABUSE, ABUSE_REJECT_SHARE),
        ),
        Head.SPAM: Bands(
            _reached(stage, _benign(examples[Head.SPAM], NEWS_LIKE), Head.SPAM, SPAM_HOLD_SHARE),
            _reached(stage, _benign(examples[Head.SPAM], BENIGN), Head.SPAM, SPAM_REJECT_SHARE),
        ),
    }


def _benign(examples: Sequence[Example], sources: frozenset[str]) -> list[str]:
    return [
        example.text
        for example in examples
        if example.is_held_out and example.target == 0 and example.source in sources
    ]


def _reached(stage: FirstStage, texts: Sequence[str], head: Head, share: float) -> float:
    scores = stage.score([normalise(text) for text in texts])
    return round(threshold_for([_probability(score, head) for score in scores], share), 3)


def _probability(score: Scores, head: Head) -> float:
    if head is Head.SPAM:
        return score.spam
    return score.abuse.probability if score.abuse else 0.0
