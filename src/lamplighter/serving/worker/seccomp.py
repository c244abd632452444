"""seccomp: system calls that a model never needs answer with an error.

Source of the encoding: the kernel's `seccomp_filter.rst`.
The filter allows what it does not name; it closes sockets, new programs and processes, signals and tracing, changes of other
processes, inter-process memory, mounts, and changes of modes and owners.
"""

import ctypes
import os
import platform
import struct
from collections.abc import Mapping

_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_REFUSED, _ABSENT = _ERROR | 1, _ERROR | 38
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_THREAD, _FILTER_MODE, _ALL_THREADS, _X32 = 0x00010000, 1, 1, 0x40000000

#: Calls with the same number everywhere: pidfd, io_uring, new mounts, memory of others, modes and extended attributes.
_SHARED = (424, 425, 426, 427, 428, 429, 430, 431, 432, 433, 434, 438, 440, 442, 452, 463, 466)
#: By machine: audit number, call numbers of seccomp, clone, prlimit64, sched_setaffinity, tgkill, and the refused calls.
_X86_64: Mapping[str, int | tuple[int, ...]] = {
    "audit": 0xC000003E,
    "seccomp": 317,
    "clone": 56,
    "prlimit64": 302,
    "sched_setaffinity": 203,
    "tgkill": 234,
    "sockets": (41, 42, 43, 49, 50, 53, 288),
    "programs": (57, 58, 59, 322),
    "signals and tracing": (62, 101, 129, 200, 297, 310, 311, 312),
    "shared memory and queues": (29, 30, 31, 64, 65, 66, 67, 68, 69, 70, 71, 220, 240, 241, 242, 243, 244, 245, 319),
    "modes, owners, times": (90, 91, 92, 93, 94, 132, 188, 189, 190, 197, 198, 199, 235, 260, 261, 268, 280),
    "identity and scheduling": (105, 106, 113, 114, 116, 117, 119, 122, 123, 135, 141, 142, 144, 251, 256, 279, 314),
    "mounts and devices": (133, 155, 161, 165, 166, 259, 272, 303, 304, 308),
    "kernel": (167, 169, 170, 175, 176, 179, 246, 248, 249, 250, 298, 300, 313, 320, 321, 323),
}
_AARCH64: Mapping[str, int | tuple[int, ...]] = {
    "audit": 0xC00000B7,
    "seccomp": 277,
    "clone": 220,
    "prlimit64": 261,
    "sched_setaffinity": 122,
    "tgkill": 131,
    "sockets": (198, 199, 200, 201, 202, 203, 242),
    "programs": (221, 281),
    "signals and tracing": (117, 129, 130, 138, 240, 270, 271, 272),
    "shared memory and queues": (*range(180, 198), 279),
    "modes, owners, times": (5, 6, 7, 14, 15, 16, 52, 53, 54, 55, 88),
    "identity and scheduling": (30, 92, 118, 119, 140, 143, 144, 145, 146, 147, 149, 151, 152, 159, 238, 239, 274),
    "mounts and devices": (33, 39, 40, 41, 51, 97, 264, 265, 268),
    "kernel": (60, 104, 105, 106, 142, 161, 217, 218, 219, 224, 241, 262, 273, 280, 282, 294),
}
_CLONE3 = 435
_MACHINES = {"x86_64": _X86_64, "aarch64": _AARCH64}

_library = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _instruction(code: int, value: int, when_true: int = 0, when_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, when_true, when_false, value)


def _answer(number: int, answer: int) -> list[bytes]:
    return [_instruction(_EQUAL, number, 0, 1), _instruction(_RETURN, answer)]


def _only_if(number: int, test: int, value: int) -> list[bytes]:
    """Allow the call if its first argument passes the test, refuse it otherwise."""
    return [
        _instruction(_EQUAL, number, 0, 4),
        _instruction(_LOAD, _FIRST_ARGUMENT),
        _instruction(test, value, 0, 1),
        _instruction(_RETURN, _ALLOW),
        _instruction(_RETURN, _REFUSED),
    ]


def _number(machine: Mapping[str, int | tuple[int, ...]], name: str) -> int:
    value = machine[name]
    if isinstance(value, int):
        return value
    raise KeyError(name)


def _instructions(machine: Mapping[str, int | tuple[int, ...]]) -> list[bytes]:
    steps = [_instruction(_LOAD, _ARCHITECTURE), _instruction(_EQUAL, _number(machine, "audit"), 1, 0)]
    steps += [_instruction(_RETURN, _KILL), _instruction(_LOAD, _NUMBER)]
    steps += [_instruction(_AT_LEAST, _X32, 0, 1), _instruction(_RETURN, _REFUSED)]
    steps += _answer(_CLONE3, _ABSENT)
    refused = [*_SHARED, *(number for numbers in machine.values() if isinstance(numbers, tuple) for number in numbers)]
    for number in refused:
        steps += _answer(number, _REFUSED)
    steps += _only_if(_number(machine, "clone"), _ANY_BIT, _THREAD)
    steps += _only_if(_number(machine, "prlimit64"), _EQUAL, 0)
    steps += _only_if(_number(machine, "sched_setaffinity"), _EQUAL, 0)
    steps += _only_if(_number(machine, "tgkill"), _EQUAL, os.getpid())
    return [*steps, _instruction(_RETURN, _ALLOW)]


def available() -> bool:
    """Whether there is a filter for this machine."""
    return platform.system() == "Linux" and platform.machine() in _MACHINES


def restrict() -> None:
    """Install the filter for all threads; needs `no_new_privileges` before. Raises `OSError` if the kernel refuses."""
    machine = _MACHINES[platform.machine()]
    steps = _instructions(machine)
    content = b"".join(steps)
    program = _Program(len(steps), ctypes.cast(ctypes.c_char_p(content), ctypes.c_char_p))
    result = _library.syscall(_number(machine, "seccomp"), _FILTER_MODE, _ALL_THREADS, ctypes.byref(program))
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"seccomp: {os.strerror(code)}")
