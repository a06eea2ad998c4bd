"""Words for people: marked where they are written, translated where they are said.

A phrase is its English sentence, so whoever knows nothing of languages says that.
"""


class Phrase(str):
    """English words that remember what they were made from: `template`, with a place `%(name)s` for each value."""

    __slots__ = ("template", "values")

    template: str
    values: dict[str, str | int]

    def __new__(cls, template: str, values: dict[str, str | int]) -> "Phrase":
        """Fill the values in, numbers grouped as in English."""
        english = {name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()}
        made = super().__new__(cls, template % english if values else template)
        made.template, made.values = template, values
        return made


def phrase(template: str, **values: str | int) -> Phrase:
    """Mark words for the message catalogues."""
    return Phrase(template, values)
