"""What the header and the card say about where the weights come from."""

from collections import Counter
from importlib.metadata import version
from typing import Any

from training.first_stage import STRENGTHS, Trained

LICENCES = {
    "kaggle_insults": "CC BY 4.0 (as recalled by the collector)",
    "jigsaw_subset": "CC0 labels, CC BY-SA text",
    "wiki_cat_large": "Apache-2.0 labels, CC BY-SA text",
    "davidson": "MIT",
    "stormfront": "CC BY-SA 3.0 ES",
    "surge_toxicity": "MIT",
    "hatemoji_build": "CC BY 4.0",
    "civil_toxic_spans": "CC0",
    "edos_sexism": "CC0",
    "naijasenti": "CC BY 4.0",
    "youtube_spam": "CC BY 4.0",
    "sms_spam": "CC BY 4.0",
    "blog_spintax_spam": "generated from one spinner template",
}
OWN_WORDS = "our own words"


def facts_of(trained: Trained, seed: int) -> dict[str, Any]:
    """Return the recipe: seed, packages, strengths, and the rows each head saw of each source."""
    rows = {name: dict(sorted(Counter(e.source for e in rows).items())) for name, rows in trained.examples.items()}
    sources = sorted({source for counts in rows.values() for source in counts})
    return {
        "seed": seed,
        "trained_with": {name: version(name) for name in ("numpy", "scipy", "scikit-learn")},
        "kept_features": int(trained.corpus.columns.size),
        "strengths": dict(STRENGTHS),
        "licences": {source: LICENCES.get(source, OWN_WORDS) for source in sources},
        "rows": rows,
    }
