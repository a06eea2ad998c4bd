"""Hostile and damaged XML ends in one line, quickly and in little memory; what real exports have is taken."""

import io
import tracemalloc

import pytest

from ops.imports.safe_xml import BadFile, End, SafeXml, Start

WANTED = frozenset({"a", "a/b", "a/c"})


def read(content: bytes | str) -> list[Start | End]:
    raw = content.encode() if isinstance(content, str) else content
    return list(SafeXml(io.BytesIO(raw), WANTED, lambda name: name).events(lambda _: None))


def texts(content: bytes | str) -> list[str]:
    return [event.text for event in read(content) if isinstance(event, End) and event.path != "a"]


BOMB = "".join(
    ['<!DOCTYPE a [<!ENTITY l0 "lol">']
    + [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)]
    + ["]><a><b>&l9;</b></a>"]
)
HOSTILE = {
    "entity bomb": BOMB,
    "quadratic blowup": f'<!DOCTYPE a [<!ENTITY x "{"x" * 50_000}">]><a><b>{"&x;" * 5_000}</b></a>',
    "external entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><b>&x;</b></a>',
    "external DTD": '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>',
    "parameter entity": '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/"> %x;]><a/>',
    "document type alone": "<!DOCTYPE a><a/>",
    "unknown entity": "<a><b>&nbsp;</b></a>",
    "deep": "<a>" * 100_000,
    "huge attribute": f'<a x="{"y" * 5_000_000}"/>',
    "endless tag": f"<a><b {'x' * 5_000_000}",
    "endless comment": f"<a><!--{'x' * 5_000_000}",
    "endless instruction": f"<a><?x {'x' * 5_000_000}",
    "cut off": "<a><b>half",
    "crossed": "<a><b></a></b>",
    "empty": "",
    "blanks": " \n",
    "no XML": "Dear editor, please find attached",
    "zip": b"PK\x03\x04" + bytes(range(256)) * 40,
    "two roots": "<a/><a/>",
    "same attribute twice": '<a x="1" x="2"/>',
    "unbound prefix": "<a><wp:b/></a>",
    "UTF-16": "<a/>".encode("utf-16"),
    "UTF-32": "<a/>".encode("utf-32-be"),
    "unknown encoding": '<?xml version="1.0" encoding="utf-7"?><a/>',
    "forbidden reference": "<a><b>&#0;</b></a>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_in_one_line(name: str) -> None:
    tracemalloc.start()
    with pytest.raises(BadFile) as refused:
        read(HOSTILE[name])
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert "\n" not in str(refused.value)
    assert "root:" not in str(refused.value)
    assert peak_bytes < 30_000_000


def test_what_real_exports_have_is_taken() -> None:
    # given: controls, noncharacters and a broken sequence, as texts of old databases have them
    damaged = b"\xef\xbb\xbf<a><b>x\x00\x0by\xef\xbf\xbe</b><c><![CDATA[\x1b caf\xe9 \xed\xa0\x80]]></c></a>"

    # then
    first, second = texts(damaged)
    assert first == "xy"
    assert second.startswith(" caf\ufffd ")


def test_other_encodings_are_read_as_they_say() -> None:
    assert texts('<?xml version="1.0" encoding="ISO-8859-1"?><a><b>é</b></a>'.encode("latin-1")) == ["é"]
    assert texts('<?xml version="1.0" encoding="windows-1252"?><a><b>“</b></a>'.encode("cp1252")) == ["“"]


@pytest.mark.parametrize("shift", range(5))
def test_characters_are_whole_wherever_the_file_is_cut(shift: int) -> None:
    long = "é€😀" * 30_000

    [text] = texts(f"<a>{' ' * shift}<b>{long}</b></a>")

    assert text[:1000] == long[:1000]
    assert "\ufffd" not in text


def test_a_field_without_end_is_cut_and_the_rest_is_read() -> None:
    long, after = texts(f"<a><b>{'x' * 3_000_000}</b><c>after</c></a>")

    assert 100_000 < len(long) < 300_000
    assert after == "after"
