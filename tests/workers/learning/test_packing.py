"""Packed models: the same opinions after a round trip, and nothing executable in them."""

import io
import pickle
import random

import numpy as np
import pytest

from tests.workers.learning.samples import a_text, an_example, stream, taught
from workers.learning.packing import SiteModelUnreadable, pack, unpack, version_of


def test_opinions_survive_packing() -> None:
    model, chance = taught(300, logit=0.5), random.Random(9)
    asked = [an_example(a_text(bool(number % 2), chance), logit=0.1) for number in range(20)]

    again = unpack(pack(model))

    for example in asked:
        before, after = model.predict(example), again.predict(example)
        assert before is not None
        assert after is not None
        assert after.kind is before.kind
        assert after.probability == pytest.approx(before.probability, abs=1e-3)


def test_packing_again_gives_the_same_bytes() -> None:
    packed = pack(taught(120))

    assert pack(unpack(packed)) == packed
    assert version_of(packed) == version_of(pack(taught(120)))


def test_learning_goes_on_after_unpacking() -> None:
    whole, parts = taught(0), taught(0)
    for number, (text, label) in enumerate(stream(260)):
        whole.learn(an_example(text), label)
        parts.learn(an_example(text), label)
        if number % 50 == 0:
            parts = unpack(pack(parts))

    asked = an_example(a_text(True, random.Random(3)))
    before, after = whole.predict(asked), parts.predict(asked)

    assert before is not None
    assert after is not None
    assert after.probability == pytest.approx(before.probability, abs=1e-3)


def test_packed_model_is_small() -> None:
    assert len(pack(taught(500))) < 200_000


def _pickled() -> bytes:
    packed = io.BytesIO()
    np.savez(packed, header=np.array([{"format": 1}], dtype=object))
    return packed.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 not a zip", pickle.dumps({"format": 1}), _pickled()],
    ids=["empty", "broken", "pickle", "pickle inside"],
)
def test_what_is_no_model_is_refused(content: bytes) -> None:
    with pytest.raises(SiteModelUnreadable):
        unpack(content)


def test_cut_model_is_refused() -> None:
    packed = pack(taught(60))

    with pytest.raises(SiteModelUnreadable):
        unpack(packed[: len(packed) // 2])


def test_model_of_another_format_is_refused() -> None:
    with np.load(io.BytesIO(pack(taught(60)))) as arrays:
        parts = dict(arrays)
    parts["header"] = np.frombuffer(parts["header"].tobytes().replace(b'"format": 1', b'"format": 9'), dtype=np.uint8)
    packed = io.BytesIO()
    np.savez(packed, **parts)

    with pytest.raises(SiteModelUnreadable):
        unpack(packed.getvalue())
