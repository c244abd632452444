"""Types are laid out for any number of threads that come at once."""

import subprocess
import sys
from typing import Any

import msgspec
import pytest

from lamplighter.domain.decoding import from_json, from_plain, from_toml, json_decoder, message_pack_decoder

#: A program in which many threads decode for the first time into types that hold one another. A crash takes the process.
_CROWD = """
import sys, threading, types
import msgspec
from lamplighter.domain.decoding import from_json, from_plain, json_decoder, message_pack_decoder
TYPES, THREADS = 60, 8
sys.setswitchinterval(1e-6)
module = sys.modules["crowded"] = types.ModuleType("crowded")
source = "import msgspec\\n"
for number in range(TYPES):
    source += f"class Type{number}(msgspec.Struct):\\n"
    source += "".join(f"    f{n}: 'Type{(number * 7 + n) % TYPES} | None' = None\\n" for n in range(12))
exec(source, module.__dict__)
content = b'{"f0": {"f1": {"f2": {"f3": {"f4": {}}}}}, "f7": {"f8": {"f9": {}}}}'
plain, packed = msgspec.json.decode(content), msgspec.msgpack.encode(msgspec.json.decode(content))
go, done = threading.Event(), []
def work(first):
    go.wait()
    for number in range(TYPES):
        kind = getattr(module, f"Type{(number + first * 13) % TYPES}")
        found = [from_json(content, kind), from_plain(plain, kind), json_decoder(kind).decode(content)]
        assert found + [message_pack_decoder(kind).decode(packed)] == [found[0]] * 4
    done.append(first)
threads = [threading.Thread(target=work, args=(first,)) for first in range(THREADS)]
[thread.start() for thread in threads]
go.set()
[thread.join() for thread in threads]
print(len(done))
"""


def test_threads_that_come_at_once_find_whole_types() -> None:
    for _ in range(4):
        ended = subprocess.run([sys.executable, "-c", _CROWD], capture_output=True, text=True, timeout=60)
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, "8\n", "")


class Lamp(msgspec.Struct):
    watts: int


@pytest.mark.parametrize(
    "read",
    [
        lambda: from_json(b'{"watts": "bright"}', Lamp),
        lambda: from_toml("watts = 'bright'", Lamp),
        lambda: from_plain({"watts": "60"}, Lamp),
        lambda: json_decoder(Lamp).decode(b"{}"),
        lambda: message_pack_decoder(Lamp).decode(msgspec.msgpack.encode({})),
    ],
)
def test_another_shape_is_refused(read: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        read()


def test_texts_are_numbers_only_for_who_says_so() -> None:
    assert from_plain({"watts": "60"}, Lamp, strict=False) == Lamp(60)
    assert from_json(b'{"watts": "60"}', Lamp, strict=False) == Lamp(60)
