"""How little memory a web process keeps."""

import platform

from ops.web import keep_little_memory


def test_glibc_is_told_to_keep_little_memory() -> None:
    assert keep_little_memory() is (platform.libc_ver()[0] == "glibc")
