"""Landlock: from here on this process opens only the paths it names. Source of the calls: the kernel's `landlock.rst`.

It binds the calling thread and threads started later, so it is called while the process has one thread.
"""

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG, _PATH_BENEATH, _NO_NEW_PRIVILEGES = 1, 1, 38
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIRECTORY = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHARACTER, _MAKE_SOCKET, _MAKE_FIFO, _MAKE_BLOCK = 1 << 6, 1 << 9, 1 << 10, 1 << 11
_REFER, _TRUNCATE, _DEVICE_CONTROL = 1 << 13, 1 << 14, 1 << 15
_BASE = (1 << 13) - 1
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _DEVICE_CONTROL
_ALL_TCP, _ALL_SCOPES = 3, 3

_library = ctypes.CDLL(None, use_errno=True)


def _call(name: str, result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
    return result


def edition() -> int:
    """The ABI the kernel offers, 0 if it has none."""
    return max(0, int(_library.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)))


def no_new_privileges() -> None:
    """Programs started from here on gain no rights; needed by Landlock and seccomp. Raises `OSError`."""
    one, none = ctypes.c_ulong(1), ctypes.c_ulong(0)
    _call("prctl", _library.prctl(_NO_NEW_PRIVILEGES, one, none, none, none))


def restrict(readable: Iterable[Path], scratch: Path) -> None:
    """Allow reading below `readable` and everything but execution below `scratch`; raises `OSError` if the kernel refuses."""
    abi = edition()
    handled = _BASE | (_REFER if abi >= 2 else 0) | (_TRUNCATE if abi >= 3 else 0) | (_DEVICE_CONTROL if abi >= 5 else 0)
    ruleset = _ruleset(abi, handled)
    try:
        for path in readable:
            _allow(ruleset, path, _READ_FILE | _READ_DIRECTORY)
        _allow(ruleset, scratch, handled & ~(_EXECUTE | _MAKE_CHARACTER | _MAKE_SOCKET | _MAKE_FIFO | _MAKE_BLOCK))
        _call("landlock_restrict_self", _library.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)


def _ruleset(abi: int, handled: int) -> int:
    parts = [handled, *([_ALL_TCP] if abi >= 4 else []), *([_ALL_SCOPES] if abi >= 6 else [])]
    attribute = struct.pack(f"={len(parts)}Q", *parts)
    size = ctypes.c_size_t(len(attribute))
    return _call("landlock_create_ruleset", _library.syscall(_CREATE_RULESET, attribute, size, 0))


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        granted = rights if path.is_dir() else rights & _FILE_RIGHTS
        attribute = struct.pack("=QI", granted, descriptor)
        _call("landlock_add_rule", _library.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, attribute, 0))
    finally:
        os.close(descriptor)
