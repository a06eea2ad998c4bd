"""A tracer in a hundred lines: stops a process at each of its system calls and says what they were. Linux only.

Nothing is compiled and no tool is needed: ptrace(2) is called through ctypes, and PTRACE_GET_SYSCALL_INFO (Linux 5.3)
tells number and arguments the same way on every architecture.
"""

import contextlib
import ctypes
import os
import signal
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_SEIZE, _INTERRUPT, _SYSCALL, _GET_SYSCALL_INFO, _DETACH = 0x4206, 0x4207, 24, 0x420E, 17
_TRACE_SYSGOOD, _TRACE_CLONE = 0x1, 0x8
_ALL_KINDS = 0x40000000
_SYSCALL_STOP = signal.SIGTRAP | 0x80
_ENTRY, _EXIT = 1, 2
_INFO_BYTES = 88
_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


class NoTracing(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised where a process may not be traced: not Linux, an old kernel, a container without the right."""


@dataclass(frozen=True, slots=True)
class Call:
    """One system call of one thread. `result` is None while it has only been begun."""

    pid: int
    number: int
    arguments: Sequence[int]
    result: int | None = None

    def read(self, address: int, count: int) -> bytes:
        """Return some of the process's memory, nothing when there is none."""
        with contextlib.suppress(OSError), Path(f"/proc/{self.pid}/mem").open("rb", buffering=0) as memory:
            memory.seek(address)
            return memory.read(count)
        return b""

    def file(self) -> str:
        """Return what the first argument, a descriptor, stands for."""
        with contextlib.suppress(OSError):
            return str(Path(f"/proc/{self.pid}/fd/{self.arguments[0]}").readlink())
        return ""


def trace(pid: int, tell: Callable[[Call], None], should_stop: Callable[[], bool]) -> None:
    """Tell of every call's begin and end until `should_stop`, asked at each call. Raises NoTracing."""
    _seize_all(pid)
    begun: dict[int, Call] = {}
    while True:
        try:
            thread_id, status = os.waitpid(-1, _ALL_KINDS)
        except ChildProcessError:
            return
        if not os.WIFSTOPPED(status):
            continue
        stopped_by = os.WSTOPSIG(status)
        if stopped_by == _SYSCALL_STOP:
            _tell(pid, thread_id, begun, tell)
        is_plain_signal = stopped_by != _SYSCALL_STOP and not status >> 16
        if should_stop():
            return  # the kernel lets go of everybody when this process ends
        with contextlib.suppress(NoTracing):  # a thread that has just ended
            _ptrace(_SYSCALL, thread_id, stopped_by if is_plain_signal else 0)


def _seize_all(pid: int) -> None:
    """Trace every thread. One that is not traced yet may begin another meanwhile: look until there is no new one."""
    seized: set[str] = set()
    while new := set(os.listdir(f"/proc/{pid}/task")) - seized:  # noqa: PTH208 - names are all that is needed
        for thread in new:
            try:
                _ptrace(_SEIZE, int(thread), _TRACE_SYSGOOD | _TRACE_CLONE)
                _ptrace(_INTERRUPT, int(thread), 0)
            except NoTracing:
                # One that a traced thread began is traced already; one that has ended needs no tracing.
                if not seized:
                    raise
            seized.add(thread)


def _tell(pid: int, thread_id: int, begun: dict[int, Call], tell: Callable[[Call], None]) -> None:
    info = ctypes.create_string_buffer(_INFO_BYTES)
    _libc.ptrace(_GET_SYSCALL_INFO, thread_id, _INFO_BYTES, ctypes.addressof(info))
    kind = info.raw[0]
    if kind == _ENTRY:
        number, *arguments = struct.unpack_from("=7Q", info.raw, 24)
        begun[thread_id] = Call(pid, number, arguments)
        tell(begun[thread_id])
    elif kind == _EXIT and thread_id in begun:
        call = begun.pop(thread_id)
        tell(Call(pid, call.number, call.arguments, struct.unpack_from("=q", info.raw, 24)[0]))


def _ptrace(request: int, thread_id: int, value: int) -> None:
    if _libc.ptrace(request, thread_id, 0, value) < 0:
        raise NoTracing(os.strerror(ctypes.get_errno()))
