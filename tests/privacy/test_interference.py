"""The same comments with other addresses say the same: a quick turn of what `make privacy` does with 200."""

from tests.privacy.interference import Told, addresses, compare, interference


def test_other_addresses_change_nothing() -> None:
    found = interference(comments=24)

    assert found.with_others == []
    assert found.with_one == []
    assert found.answers > 150, "else this proves nothing"


def test_a_difference_is_seen() -> None:
    one, two = Told({"GET /threads/demo": b"a"}), Told({"GET /threads/demo": b"b"})

    assert addresses("one") != addresses("two")
    assert compare(one, two, two).with_others == ["GET /threads/demo"]
    assert compare(one, one, two).with_one == ["GET /threads/demo"]
