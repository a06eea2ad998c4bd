"""How little memory a web process keeps."""

import platform

from ops.web import keep_few_arenas


def test_glibc_is_told_to_keep_few_arenas() -> None:
    assert keep_few_arenas() is (platform.libc_ver()[0] == "glibc")
