"""Check an exported journal, a signed model file or a signed selection with nothing but Python:
`python verifier.py FILE [HEAD|KEY]`. It needs no platform and no network.

A journal has one line for each part, each ended by one line feed: first `FORMAT`, then every entry with the very bytes that
the platform keeps, then what it ends with. Each entry holds the SHA-256 of the line before it, the first one of `BEGINNING`;
the last line holds how many entries there are and the SHA-256 of the last, its head.

A model file ends with one line, a comment of HTML, that holds a public key and its Ed25519 signature (RFC 8032) over `CARD`,
one line feed, and every byte before that line. Whose key it is says its SHA-256, which somebody wrote down elsewhere.

A selection has three lines: `SELECTION`, what was selected as JSON, and the key with its signature over both lines before.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

FORMAT = b'{"format":"lamplighter-journal-1"}'
BEGINNING = "0" * 64
#: What the signature of a model file is about, so that no other signature of its key can be taken for it.
CARD = b"lamplighter-card-1"
#: The first line of a selection.
SELECTION = b'{"format":"lamplighter-selection-1"}\n'
#: What a damaged file can make of a line.
_UNREADABLE = (ValueError, KeyError, TypeError, RecursionError)


class Checked(NamedTuple):
    """What was found."""

    #: Entries that follow each other.
    entries: int
    #: SHA-256 of the last of them.
    head: str
    #: Where the file is not what was exported, and how; nothing if it is.
    why: str = ""


def ending(entries: int, head: str) -> bytes:
    """The last line of a file."""
    return json.dumps({"entries": entries, "head": head}, separators=(",", ":")).encode()


def check(lines: Iterable[bytes], head: str = "") -> Checked:
    """Follow the chain over the lines of a file; `head` is what somebody wrote down elsewhere, if they did."""
    found = _followed(iter(lines))
    if not found.why and head and head != found.head:
        return found._replace(why=f"It ends with another head than {head[:12]}: it is older, newer, or was written anew.")
    return found


def _followed(lines: Iterator[bytes]) -> Checked:
    if next(lines, b"") != FORMAT + b"\n":
        return Checked(0, BEGINNING, "Line 1 does not say that this is an exported journal.")
    count, head, last = 0, BEGINNING, b""
    for line in lines:
        if last:
            why = _misfit(last, count, head)
            if why:
                return Checked(count, head, why)
            count, head = count + 1, hashlib.sha256(last).hexdigest()
        if not line.endswith(b"\n"):
            return Checked(count, head, f"Line {count + 2} has no end: something was cut off or added.")
        last = line[:-1]
    if last != ending(count, head):
        return Checked(count, head, _at_the_end(last, count))
    return Checked(count, head)


def _misfit(line: bytes, count: int, head: str) -> str:
    """Why a line is not the entry that follows; nothing if it is."""
    try:
        entry = json.loads(line)
        sequence, previous = int(entry["sequence"]), str(entry["previous"])
    except _UNREADABLE:
        return f"Line {count + 2} is not an entry that can be read; entry {count + 1} should stand there."
    if sequence != count + 1:
        return f"Line {count + 2} should be entry {count + 1}: entries were removed, added or moved there, or it was changed."
    if previous != head:
        where = f"entry {count} (line {count + 1})" if count else "the beginning"
        return f"Entry {count + 1} (line {count + 2}) does not follow {where}: one of the two was changed."
    return ""


def _at_the_end(line: bytes, count: int) -> str:
    where = f"entry {count} (line {count + 1})" if count else "line 1"
    try:
        of_entries = "sequence" in json.loads(line)
    except _UNREADABLE:
        of_entries = False
    if of_entries:
        return f"The file ends behind entry {count + 1} without its last line: something was cut off."
    return f"Line {count + 2}, the end, does not fit: it or {where} was changed, or entries were removed before it."


class CheckedCard(NamedTuple):
    """What was found of a model file, or of a selection."""

    #: SHA-256 of the public key that has signed it.
    key: str
    #: How it is not what was signed; nothing if it is.
    why: str = ""


def is_journal(path: Path) -> bool:
    """Whether a file begins like a journal; neither a model file nor a whole selection does."""
    with path.open("rb") as file:
        start = file.read(len(SELECTION))
    return start[:1] in (FORMAT[:1], b"") and start != SELECTION


def check_signed(content: bytes, key: str = "") -> CheckedCard:
    """Hold a selection or a model file against its signature."""
    return check_selection(content, key) if content.startswith(SELECTION) else check_card(content, key)


def check_selection(content: bytes, key: str = "") -> CheckedCard:
    """Hold every byte of a selection against its signature; `key` is whose signature somebody expects, if they do."""
    place = content.rfind(b"\n", 0, -1) + 1
    try:
        told = json.loads(content[place:])
        public, signature = bytes.fromhex(told["key"]), bytes.fromhex(told["signature"])
    except _UNREADABLE:
        return CheckedCard("", "It does not end with the line of a signature: it was cut, added to or changed.")
    if content[place:] != _told_json(public, signature) + b"\n":
        return CheckedCard("", "The line of its signature is written in another way than ours: it was changed.")
    return _checked(public, signature, content[:place], key)


def check_card(content: bytes, key: str = "") -> CheckedCard:
    """Hold every byte of a model file against its signature; `key` is whose signature somebody expects, if they do."""
    place = content.rfind(b"\n", 0, -1) + 1
    found = _signature_line(content[place:])
    if found is None:
        return CheckedCard(
            "", "It does not end with the line of a signature: it is no model file, or was cut, added to or changed."
        )
    return _checked(*found, CARD + b"\n" + content[:place], key)


def _checked(public: bytes, signature: bytes, message: bytes, key: str) -> CheckedCard:
    named = hashlib.sha256(public).hexdigest()
    if not _is_signed(public, signature, message):
        return CheckedCard(named, "It is not what was signed: at least one byte of it was changed.")
    if key and key != named:
        return CheckedCard(named, f"It was signed by another key than {key[:12]}.")
    return CheckedCard(named)


def _signature_line(line: bytes) -> "tuple[bytes, bytes] | None":
    try:
        told = json.loads(line.removeprefix(b"<!-- " + CARD + b" ").removesuffix(b" -->\n"))
        public, signature = bytes.fromhex(told["key"]), bytes.fromhex(told["signature"])
    except _UNREADABLE:
        return None
    return (public, signature) if line == signature_line(public, signature) else None


def signature_line(public: bytes, signature: bytes) -> bytes:
    """The last line of a model file."""
    return b"<!-- %b %b -->\n" % (CARD, _told_json(public, signature))


def _told_json(public: bytes, signature: bytes) -> bytes:
    return json.dumps({"key": public.hex(), "signature": signature.hex()}, separators=(",", ":")).encode()


# Ed25519 as in section 5.1 of RFC 8032. A point is (X, Y, Z, T) with x = X / Z, y = Y / Z and x * y = T / Z.

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_Point = tuple[int, int, int, int]


def _is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether S * B - k * A is R, byte for byte."""
    point, scalar = _decoded(public), int.from_bytes(signature[32:], "little")
    if point is None or len(signature) != 64 or scalar >= _ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _ORDER
    x, y, z, t = point
    return _encoded(_added(_times(scalar, _BASE), _times(challenge, (-x % _P, y, z, -t % _P)))) == signature[:32]


def _added(a: _Point, b: _Point) -> _Point:
    low, high = (a[1] - a[0]) * (b[1] - b[0]) % _P, (a[1] + a[0]) * (b[1] + b[0]) % _P
    across, scale = 2 * a[3] * b[3] * _D % _P, 2 * a[2] * b[2] % _P
    e, f, g, h = high - low, scale - across, scale + across, high + low
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(scalar: int, point: _Point) -> _Point:
    total: _Point = (0, 1, 1, 0)
    for bit in bin(scalar)[2:]:
        total = _added(total, total)
        total = _added(total, point) if bit == "1" else total
    return total


def _encoded(point: _Point) -> bytes:
    inverse = pow(point[2], -1, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _decoded(content: bytes) -> "_Point | None":
    number = int.from_bytes(content, "little")
    y, odd = number & (2**255 - 1), number >> 255
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    x = x if x * x % _P == square else x * pow(2, (_P - 1) // 4, _P) % _P
    if len(content) != 32 or y >= _P or x * x % _P != square or (x == 0 and odd):
        return None
    x = _P - x if x & 1 != odd else x
    return x, y, 1, x * y % _P


_BASE_POINT = _decoded((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))
assert _BASE_POINT is not None
_BASE: _Point = _BASE_POINT


def main() -> int:
    """Check the file that is named; 0 if it is what was exported."""
    path, expected = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""
    if not is_journal(path):
        card = check_signed(path.read_bytes(), expected)
        sys.stdout.write(f"{card.why or 'It is what was signed.'}\n  key      {card.key}\n")
        return 1 if card.why else 0
    with path.open("rb") as file:
        found = check(file, expected)
    sys.stdout.write(f"{found.why or 'The chain holds.'}\n  entries  {found.entries}\n  head     {found.head}\n")
    return 1 if found.why else 0


if __name__ == "__main__":
    sys.exit(main())
