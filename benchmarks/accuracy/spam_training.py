"""Train the spam recipe without each video in turn, by a Python with training/requirements.txt, and print figures.

Rule: nothing here needs the product's own packages; `spam_bars` starts it and reads what it prints.
"""

import argparse
import json
import warnings
from pathlib import Path

from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from training.datasets import read
from training.first_stage import read_examples
from training.spam_videos import measure_spam_videos

SEED = 7


def main() -> None:
    """Train, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    folder = parser.parse_args().data
    warnings.simplefilter("ignore", ConvergenceWarning)
    with threadpool_limits(limits=1):
        figures = measure_spam_videos(folder, read_examples("spam", folder, SEED))
    videos = read(folder / "train", "youtube_spam")
    spam = sum(row.is_positive for row in videos)
    news = sum(not row.is_positive for row in read(folder / "dev", "socc_news_comments"))
    counts = (spam, len(videos) - spam, news)
    print(json.dumps({f.name: {"value": f.value, "n": n} for f, n in zip(figures, counts, strict=True)}))


if __name__ == "__main__":
    main()
