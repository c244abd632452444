"""`recount.py FOLDER`: holds what callers wrote down against the prediction log. Reads the files by their format alone.

A line of a caller is a request id and its number of predictions. A frame of a segment is the length and the CRC-32 of its body
(4 little-endian bytes each) and the body, a MessagePack array that begins with the request id and has the scores in place 10.
"""

import struct
import sys
import zlib
from collections import Counter
from pathlib import Path

import msgspec


def recorded(folder: Path) -> Counter[tuple[str, int]]:
    """How often each request stands in the log, with its number of scores."""
    found: Counter[tuple[str, int]] = Counter()
    for path in folder.glob("segments/*.seg"):
        content, place = path.read_bytes(), 0
        while place + 8 <= len(content):
            length, checksum = struct.unpack_from("<II", content, place)
            body = content[place + 8 : place + 8 + length]
            if not length or len(body) < length or zlib.crc32(body) != checksum:
                break
            fields = msgspec.msgpack.decode(body)
            found[fields[0], len(fields[10])] += 1
            place += 8 + length
    return found


def main(folder: Path) -> int:
    """Print the count; 1 if anything is lost or doubled."""
    lines = [line.split() for path in folder.glob("*.acknowledged") for line in path.read_text().splitlines()]
    told = {(name, int(count)) for name, count in lines}
    log = recorded(folder)
    ids = Counter(name for name, _ in log.elements())
    lost = sum(count for name, count in told if (name, count) not in log)
    doubled = sum(count - 1 for count in ids.values())
    print(f"{sum(count for _, count in told)} acknowledged predictions: {lost} lost, {doubled} requests duplicated")
    return int(bool(lost or doubled or not told))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
