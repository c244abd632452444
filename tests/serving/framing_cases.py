"""What may not pass for a request, and the one answer it gets: for any server that stands at `/a` and `/b`."""

GET = b"GET /a HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST /a HTTP/1.1\r\nHost: localhost\r\n"
SECOND = b"GET /b HTTP/1.1\r\nHost: localhost\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
#: The 24 cases: what is sent, and the one status that comes back before the connection is closed.
CASES: dict[str, tuple[bytes, int]] = {
    "1 negative length": (POST + b"Content-Length: -1\r\n\r\n" + SECOND, 400),
    "2 signed length": (POST + b"Content-Length: +5\r\n\r\nhello" + SECOND, 400),
    "3 two lengths": (POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!" + SECOND, 400),
    "4 length and chunked": (POST + b"Content-Length: 5\r\n" + CHUNKED + b"0\r\n\r\n" + SECOND, 400),
    "4 chunked and length": (POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + SECOND, 400),
    "5 unknown coding": (POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SECOND, 400),
    "6 chunked is not last": (POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + SECOND, 400),
    "6 gzip before chunked": (POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + SECOND, 400),
    "7 bad chunk line": (POST + CHUNKED + b"zz\r\nhello\r\n0\r\n\r\n" + SECOND, 400),
    "8 chunk size 0x5": (POST + CHUNKED + b"0x5\r\nhello\r\n0\r\n\r\n" + SECOND, 400),
    "9 space before colon": (GET + b"X : y\r\n\r\n" + SECOND, 400),
    "10 NUL in a header": (GET + b"X: a\x00b\r\n\r\n" + SECOND, 400),
    "11 folded line": (GET + b"X: a\r\n b\r\n\r\n" + SECOND, 400),
    "12 bare line feeds": (b"GET /a HTTP/1.1\nHost: localhost\n\n" + SECOND, 400),
    "13 no host": (b"GET /a HTTP/1.1\r\n\r\n" + SECOND, 400),
    "14 two hosts": (GET + b"Host: localhost\r\n\r\n" + SECOND, 400),
    "15 malformed host": (b"GET /a HTTP/1.1\r\nHost: a/../../x?y\r\n\r\n" + SECOND, 400),
    "17 escaped dots": (b"GET /a/%2e%2e/b HTTP/1.1\r\nHost: localhost\r\n\r\n" + SECOND, 404),
    "18 escaped NUL": (b"GET /a%00 HTTP/1.1\r\nHost: localhost\r\n\r\n" + SECOND, 404),
    "19 escaped byte": (b"GET /a%ff HTTP/1.1\r\nHost: localhost\r\n\r\n" + SECOND, 404),
    "20 70 kB header": (GET + b"X: " + b"y" * 70_000 + b"\r\n\r\n" + SECOND, 431),
    "21 2,000 headers": (GET + b"X: y\r\n" * 2000 + b"\r\n" + SECOND, 431),
    "22 short body": (POST + b"Content-Length: 10\r\n\r\nhello", 408),
    "23 foreign host": (b"GET /a HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n" + SECOND, 421),
    "24 endless header block, slowly": (GET + b"X: y\r\n", 408),
    "24 endless header block, large": (GET + b"X: " + b"y" * 100_000, 431),
    "raw byte in the path": (b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n" + SECOND, 400),
    "two authorizations": (GET + b"Authorization: a\r\nAuthorization: b\r\n\r\n" + SECOND, 400),
    "host differs from target": (b"GET http://other/a HTTP/1.1\r\nHost: localhost\r\n\r\n" + SECOND, 400),
    "old protocol": (b"GET /a\r\n\r\n", 400),
    "declared body over the limit": (POST + b"Content-Length: 200001\r\n\r\n", 413),
    "chunked body over the limit": (POST + CHUNKED + b"30000\r\n" + b"x" * 0x30000 + b"\r\n30000\r\n" + b"x" * 0x30000, 413),
    "chunk lines without end": (POST + CHUNKED + b"5;" + b"e" * 200_000, 413),
    "trailers without end": (POST + CHUNKED + b"0\r\nX: " + b"t" * 200_000, 413),
    "stranger with a large body": (b"POST /closed HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n", 401),
    "unknown expectation": (POST + b"Expect: miracles\r\nContent-Length: 1\r\n\r\nx", 400),
    "another protocol": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
}


def statuses(answer: bytes) -> list[int]:
    """Status of each answer in the stream."""
    found = []
    while answer:
        head, _, rest = answer.partition(b"\r\n\r\n")
        status = int(head.split()[1])
        length = next((int(line[16:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length: ")), 0)
        found.append(status)
        answer = rest[length:]
    return found
