"""Words worth hiding: the only ones that stars, drawn-out letters and doubtful signs are expanded to.

Rule: being here means nothing about a comment. What a word means is for the checks to say.
"""

from functools import cache

from workers.normalise.letters import squeeze

# The order decides between words that fit equally well: "s***" is the first of its length that starts with s.
_WORDS = """
fuck shit bitch cunt nigger nigga faggot whore slut bastard asshole dick cock pussy penis vagina porn sex sexy nude
ass arse idiot stupid moron retard fool foolish dumb dumbass bullshit motherfucker wanker prick twat tits boobs
kill murder rape slaughter die behead bomb shoot burn
viagra cialis casino loan free money cash bitcoin crypto forex invest profit whatsapp telegram click porno escort
guaranteed winner lottery pills cheap bonus
ashawo ashewo olosho werey mumu olodo oloshi ewu anuofia shege banza nyamiri aboki baboon cockroach animal
muslim christian jew fulani igbo hausa yoruba
"""
_ROOTS = _WORDS.split()
_ENDINGS = ("s", "ed", "ing", "in", "er", "ers", "es")


@cache
def _hidden_words() -> dict[str, None]:
    inflected = (root.removesuffix("e") + ending for root in _ROOTS for ending in _ENDINGS)
    plural = (root + "s" for root in _ROOTS)
    return dict.fromkeys([*_ROOTS, *inflected, *plural])


@cache
def _by_first_and_length() -> dict[tuple[str, int], list[str]]:
    table: dict[tuple[str, int], list[str]] = {}
    for word in _hidden_words():
        table.setdefault((word[0], len(word)), []).append(word)
    return table


@cache
def _by_squeezed() -> dict[str, str]:
    return {squeeze(word): word for word in reversed(_hidden_words())}


def is_hidden_word(word: str) -> bool:
    """Say whether the lexicon has `word`."""
    return word in _hidden_words()


def hidden_words_like(first: str, length: int) -> list[str]:
    """Return the lexicon's words with this first letter and length, the likeliest first."""
    return _by_first_and_length().get((first, length), [])


def hidden_word_squeezed(squeezed: str) -> str | None:
    """Return the lexicon's word that reads `squeezed` once its double letters are single."""
    return _by_squeezed().get(squeezed)


def holds_hidden_word(word: str) -> bool:
    """Say whether `word` is in the lexicon or, being several words run together, begins or ends with one of its."""
    if is_hidden_word(word):
        return True
    return any(word[:length] in _hidden_words() or word[-length:] in _hidden_words() for length in range(4, len(word)))
