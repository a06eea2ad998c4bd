"""`python -m tests.faults.trace PID FILE`: note, in order, what a web process writes, syncs, hears and answers.

One word for a line: `wal` a write to the database's log, `sync` a finished sync of it, `commit` PostgreSQL's word that
a transaction is committed, `202` the begin of that answer. The order is that of the process: a thread goes on only when
its call has been noted, and an answer is noted before its first byte leaves.
"""

import platform
import signal
import struct
import sys
from pathlib import Path

from tests.faults.trace.ptrace import Call, NoTracing, trace

_NAMES = {
    "x86_64": {1: "write", 20: "writev", 44: "sendto", 46: "sendmsg", 18: "pwrite", 74: "sync", 75: "sync", 45: "recv"},
    "aarch64": {
        64: "write", 66: "writev", 206: "sendto", 211: "sendmsg", 68: "pwrite", 82: "sync", 83: "sync", 207: "recv"
    },
}  # fmt: skip
_ACCEPTED = b"HTTP/1.1 202"
_COMMITTED = b"COMMIT\0"
_IOVEC = struct.Struct("=QQ")
_MOST_BYTES = 4096


def word_for(call: Call, name: str) -> str:
    """Return what this call means, nothing for most of them."""
    if call.result is None:
        return "202" if name in {"write", "writev", "sendto", "sendmsg"} and _ACCEPTED in _sent(call, name) else ""
    if name == "sync" and call.result == 0 and call.file().endswith("-wal"):
        return "sync"
    if name == "pwrite" and call.result > 0 and call.file().endswith("-wal"):
        return "wal"
    if name == "recv" and call.result > 0 and _COMMITTED in call.read(call.arguments[1], call.result):
        return "commit"
    return ""


def _sent(call: Call, name: str) -> bytes:
    """Return the first piece of what is about to be written."""
    address, count = call.arguments[1], call.arguments[2]
    if name == "sendmsg":  # struct msghdr: name, its length, then the pieces
        address = struct.unpack("=Q", call.read(call.arguments[1] + 16, 8) or bytes(8))[0]
    if name in {"writev", "sendmsg"}:
        address, count = _IOVEC.unpack(call.read(address, _IOVEC.size) or bytes(_IOVEC.size))
    return call.read(address, min(count, _MOST_BYTES))


def main(pid: int, path: Path) -> int:
    """Note until SIGTERM. Returns 3 where nothing can be traced."""
    names = _NAMES.get(platform.machine(), {})
    stop: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: stop.append(number))

    def tell(call: Call) -> None:
        word = word_for(call, names.get(call.number, ""))
        if word:
            notes.write(f"{word}\n")
            notes.flush()

    with path.open("w") as notes:
        notes.write("begin\n")
        notes.flush()
        try:
            trace(pid, tell, lambda: bool(stop))
        except (NoTracing, AttributeError) as problem:
            print(problem, file=sys.stderr)
            return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), Path(sys.argv[2])))
