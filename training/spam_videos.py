"""Measure the spam recipe on videos it has not seen: leave one out, train on the rest, look at the one left out."""

from collections.abc import Sequence
from pathlib import Path

from training.corpus import Corpus, build_corpus
from training.datasets import read
from training.evaluate import Figure
from training.examples import Example
from training.first_stage import CALIBRATION_SOURCES, STRENGTHS, learnt
from training.fit import calibrate, fit_binary
from training.measures import share_at_least
from workers.model import Head

HALF = 0.0  # log-odds of a probability of .5


def measure_spam_videos(folder: Path, examples: Sequence[Example]) -> list[Figure]:
    """Return spam recall on the left-out videos together, and the worst false positives on clean news comments."""
    videos = {row.text: row.extra["video"] for row in read(folder / "train", "youtube_spam")}
    news = [
        Example(row.text, 0, 1.0, "socc") for row in read(folder / "dev", "socc_news_comments") if not row.is_positive
    ]
    corpus = build_corpus(example.text for example in (*examples, *news))
    caught: list[float] = []
    called: list[float] = []
    worst_on_news = 0.0
    for video in sorted(set(videos.values())):
        spam, ham, on_news = _leave_out(video, videos, corpus, (examples, news))
        caught += spam
        called += ham
        worst_on_news = max(worst_on_news, share_at_least(on_news, HALF))
    return [
        Figure("spam, unseen video: recall at .5", share_at_least(caught, HALF), 0.85, higher_is_better=True),
        Figure("spam, unseen video: false positives at .5", share_at_least(called, HALF)),
        Figure("spam, unseen video: SOCC false positives at .5", worst_on_news, 0.01),
    ]


def _leave_out(
    video: str, videos: dict[str, str], corpus: Corpus, texts: tuple[Sequence[Example], Sequence[Example]]
) -> tuple[list[float], list[float], list[float]]:
    """Return the log-odds of the left-out video's spam and ham, and of the news comments."""
    examples, news = texts
    rest = [example for example in examples if videos.get(example.text) != video]
    out = [example for example in examples if videos.get(example.text) == video]
    model = fit_binary(corpus, learnt(Head.SPAM, rest), STRENGTHS[Head.SPAM])
    model = calibrate(model, corpus, rest, CALIBRATION_SOURCES[Head.SPAM])
    logits = model.logits(corpus, out).tolist()
    spam = [logit for logit, example in zip(logits, out, strict=True) if example.target]
    ham = [logit for logit, example in zip(logits, out, strict=True) if not example.target]
    return spam, ham, model.logits(corpus, news).tolist()
