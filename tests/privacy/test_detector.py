"""The detector finds what is packed, and takes random bytes for nothing."""

import base64
import gzip
import json
import zlib

import pytest

from tests.privacy.canaries import Aviary, Shape
from tests.privacy.detector import Class, Detector

PACKINGS = {
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "base64 of zlib": lambda data: base64.b64encode(zlib.compress(data)),
    "gzip of base64 of gzip": lambda data: gzip.compress(base64.b64encode(gzip.compress(data))),
}


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("shape", Shape)
def test_what_is_packed_is_found(packing: str, shape: Shape) -> None:
    aviary = Aviary(1)
    said = json.dumps({"to": aviary.hatch("door", shape)}, ensure_ascii=False).encode()
    found = Detector(aviary.canaries.values()).look(b'{"x": "' + PACKINGS[packing](said) + b'"}')

    assert {(hit.door, hit.kind) for hit in found.hits} >= {("door", Class.SPELLED)}


def test_a_masked_address_is_found_in_text_and_not_in_what_a_token_decodes_to() -> None:
    aviary = Aviary(1)
    address = aviary.hatch("door", Shape.FOREIGN)
    detector = Detector(aviary.canaries.values())
    token = base64.b64encode(b"seventeen bytes: @x_*" + bytes(8))

    assert detector.look(f"mail k***@{address[-7:]}".encode(), is_text=True).hits
    assert not detector.look(b'{"receipt": "' + token + b'"}', is_text=True).hits
