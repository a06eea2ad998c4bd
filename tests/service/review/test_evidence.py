"""Evidence stands exactly where a check found it, whatever the text holds and however spans overlap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.signal import Category, Field, Signal, Span
from service.review.evidence import findings, marked
from tests import factories


def a_finding(*spans: Span, **overrides: object) -> Signal:
    return factories.a_signal(spans=spans, **overrides)


def cut(text: str, *signals: Signal, field: Field = Field.TEXT) -> list[tuple[str, list[int]]]:
    return [(piece.text, [f.number for f in piece.findings]) for piece in marked(text, field, findings(signals))]


def test_text_without_evidence_is_one_plain_piece() -> None:
    assert cut("Hello", a_finding()) == [("Hello", [])]
    assert cut("") == []


def test_span_is_marked_to_the_character() -> None:
    assert cut("a cheap loan", a_finding(Span(2, 7))) == [("a ", []), ("cheap", [1]), (" loan", [])]


def test_overlapping_spans_share_the_piece_they_overlap_in() -> None:
    # given: two checks that found "cheap loan" and "loan now"
    signals = (a_finding(Span(0, 10)), a_finding(Span(6, 14)))

    # then
    assert cut("cheap loan now", *signals) == [("cheap ", [1]), ("loan", [1, 2]), (" now", [2])]


def test_span_inside_a_span_and_the_same_span_twice() -> None:
    signals = (a_finding(Span(0, 9)), a_finding(Span(2, 4), Span(2, 4)), a_finding(Span(2, 4)))
    assert cut("123456789", *signals) == [("12", [1]), ("34", [1, 2, 3]), ("56789", [1])]


def test_spans_count_code_points_and_not_bytes_or_utf16_units() -> None:
    text = "😀😀 ọ̀rọ̀ 𝒻𝓇𝑒𝑒 👩‍👩‍👧"
    start = text.index("𝒻")
    assert cut(text, a_finding(Span(start, start + 4)))[1] == ("𝒻𝓇𝑒𝑒", [1])


def test_span_in_the_name_is_not_marked_in_the_text() -> None:
    signal = a_finding(Span(0, 2, Field.NAME), Span(3, 5, Field.TEXT))
    assert cut("Dr Loan", signal, field=Field.NAME) == [("Dr", [1]), (" Loan", [])]
    assert cut("Dr Loan", signal) == [("Dr ", []), ("Lo", [1]), ("an", [])]


def test_span_that_lies_outside_is_cut_or_left_out() -> None:
    assert cut("abc", a_finding(Span(1, 99), Span(50, 60), Span(2, 2), Span(3, 1))) == [("a", []), ("bc", [1])]


def test_surest_finding_comes_first_and_one_on_trial_last() -> None:
    signals = [a_finding(score=0.4), a_finding(score=1.0, shadow=True), a_finding(score=0.8)]
    assert [found.signal.score for found in findings(signals)] == [0.8, 0.4, 1.0]


def test_signal_on_trial_marks_nothing() -> None:
    assert cut("abc", a_finding(Span(0, 3), shadow=True)) == [("abc", [])]


def test_obfuscated_word_says_what_it_was_read_as_once_and_at_its_end() -> None:
    # given: "fr€€" read as "free" by two checks, of which one found more
    signals = (a_finding(Span(2, 6, shown="free")), a_finding(Span(2, 6, shown="free"), Span(2, 11)))

    # when
    pieces = marked("a fr€€ loan", Field.TEXT, findings(signals))

    # then
    assert [(piece.text, piece.read_as) for piece in pieces] == [("a ", ()), ("fr€€", ("free",)), (" loan", ())]


def test_abuse_gives_its_look_to_a_piece_it_shares_with_spam() -> None:
    signals = (a_finding(Span(0, 4)), a_finding(Span(2, 6), category=Category.INSULT))
    assert [piece.family for piece in marked("abcdef", Field.TEXT, findings(signals))] == ["spam", "abuse", "abuse"]


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=12))
def test_pieces_are_always_the_text_and_each_is_marked_by_exactly_the_spans_over_it(
    text: str, spans: list[tuple[int, int]]
) -> None:
    # given: one signal for each span
    signals = [a_finding(Span(start, end)) for start, end in spans]

    # when
    pieces = cut(text, *signals)

    # then: nothing is lost or added
    assert "".join(piece for piece, _ in pieces) == text
    # and every character has the marks of the spans that cover it
    position = 0
    for piece, numbers in pieces:
        for _ in piece:
            covering = [n for n, (start, end) in enumerate(spans, start=1) if start <= position < end]
            assert numbers == covering
            position += 1


@pytest.mark.parametrize(("start", "end"), [(6, 21), (9, 12), (0, 9), (12, 30), (6, 6)])
def test_address_in_the_text_is_masked_whatever_is_marked(start: int, end: int) -> None:
    text = "Write ada@example.org for your loan"
    signals = [a_finding(Span(start, end, Field.TEXT, "ada@example.org"))]

    pieces = marked(text, Field.TEXT, findings(signals))

    assert "".join(piece.text for piece in pieces) == "Write [address removed] for your loan"
    assert not [piece for piece in pieces if "ada" in " ".join(piece.read_as)]
