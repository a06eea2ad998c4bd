"""A small honest guess at a text's language, for the desk's filter: from marker words and letters, or nothing at all.

It knows English, Nigerian Pidgin, Hausa, Yoruba, Igbo, French and Arabic. What is too short, mixed or in another
language stays without. How often it is right is in docs/moderation.md; nothing is decided by it.
"""

import re
import unicodedata
from collections import Counter

_WORD = re.compile(r"[^\W\d_]+")
# A comment tells in its first words; the rest costs time.
_READ_CHARS = 1_000
# One marker may be a name or a quotation.
_MIN_MARKERS = 2
# So many of the words must be markers: in running text a fifth to a half are.
_MIN_SHARE = 0.1
# The first must be this much ahead of the second, or the text is mixed.
_AHEAD = 1.25
# Pidgin is written with English words between its own, so its own are worth more.
_WORTH = {"pcm": 5.0}

_MARKERS = {
    "en": "the and is of that are was you this with for have not they but what from his her my your will would "
    "there their been has were about just if it should who how when because which them could people can "
    "than then to in on at by an as he she we be or do did all out up after over more new says",
    "pcm": "dey wey dem una am im abeg sef fit wetin chop dis dat vex sabi wan comot nor di oga pikin naija pipo "
    "kontri wen dia tok don mek sey say abi shey haba sha ehn wahala yarn belle",
    "ha": "da wannan ne kuma sai dan su dai mai nan shi amma kai kenan duk wani kawai wai muna idan yasa haka "
    "din zai masu daga har ce daya wanda toh cikin babu yana za yanzu akwai ake shine kasa kowa wata mun "
    "baki suka kamar saboda suke mutane domin baya akan ba ta ya na ga wa don sun yi an allah in ka ki",
    "yo": "ni ti wa se ki lo mo awon fun won bi fi je ati pe mi le kan gbogbo maa yii ile lati naa wo gbe gba "
    "la oro ohun ninu wipe eyin pelu nitori eniyan tabi sile iwo omi bee olorun si ko kii n lori ree "
    "leyin",
    "ig": "gi onye ndi bu anyi nke ihe chukwu oma mmadu biko nna mma nwa umu onu isi ebe kwa okwu ezigbo ha ahu "
    "unu ego otu mgbe okwa ozo nwere onwe adighi na nwanne si ka ya m i o nile niile ga eme maka kwuru "
    "ala",
    "fr": "le la les des est et que pas une dans pour qui sur avec ce ne vous nous je il elle sont mais plus au "
    "du cette un en se aux par comme ils tout bien fait si leur ont deux meme aussi ca qu",
}
_LANGUAGES_OF: dict[str, tuple[str, ...]] = {}
for _language, _words in _MARKERS.items():
    for _word in _words.split():
        _LANGUAGES_OF[_word] = tuple(dict.fromkeys((*_LANGUAGES_OF.get(_word, ()), _language)))
# Letters that only one of them writes.
_LETTERS = {**dict.fromkeys("ɓɗƙƴ", "ha"), **dict.fromkeys("ẹṣ", "yo"), **dict.fromkeys("ịụṅ", "ig")}
_MARKED = re.compile(f"[{''.join(_LETTERS)}]")
_ARABIC = re.compile("[\u0621-\u064a]")
# Persian and Urdu write with these beside the Arabic letters.
_NOT_ARABIC = re.compile("[پچژگکیےٹڈڑںھہ]")


def language_of(text: str) -> str:
    """Return the BCP 47 tag of the language a text seems to be in, empty when it cannot be told. Linear in time."""
    read = unicodedata.normalize("NFC", text[:_READ_CHARS].casefold())
    words = _WORD.findall(_without_tones(read))
    if len(words) < _MIN_MARKERS:
        return ""
    if len(_ARABIC.findall(read)) > sum(map(len, words)) / 2:
        return "" if len(_NOT_ARABIC.findall(read)) > _MIN_MARKERS else "ar"
    return _surest(words)


def _surest(words: list[str]) -> str:
    points: Counter[str] = Counter()
    for word in words:
        marked = {_LETTERS[letter] for letter in _MARKED.findall(word)}
        for language in marked or _LANGUAGES_OF.get(_plain(word), ()):
            points[language] += 1
    ranked = sorted(
        ((count * _WORTH.get(language, 1), count, language) for language, count in points.items()), reverse=True
    )
    if not ranked:
        return ""
    worth, count, language = ranked[0]
    second = ranked[1][0] if len(ranked) > 1 else 0
    is_sure = count >= _MIN_MARKERS and worth >= _MIN_SHARE * len(words) and worth >= _AHEAD * second
    return language if is_sure else ""


def _without_tones(text: str) -> str:
    """Leave out accents but keep dots below, which tell letters apart."""
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(char for char in decomposed if char not in _TONES))


_TONES = frozenset("\u0300\u0301\u0302\u0304\u0308\u030c\u0327")


def _plain(word: str) -> str:
    """Return the word as somebody types it whose keyboard has no dots below."""
    return "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))
