"""A model file as one signed document: every byte of it stands above its last line, which is the signature.

The last line is a comment of HTML, which Markdown knows too. What checks it is `lamplighter.cli.verifier`, with Python alone.

Law of change: another form of the line begins with another name than `lamplighter-card-1`.
"""

import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path

from lamplighter import keys
from lamplighter.domain.card import Card
from lamplighter.sdk.card import html, hugging_face, markdown

#: What the signature is about, so that no other signature of the key can be taken for it.
NAME = b"lamplighter-card-1"


class CardForm(StrEnum):
    """How a model file is written."""

    #: For people: one page that needs nothing else.
    HTML = "html"
    #: The same as Markdown.
    MD = "md"
    #: Markdown with the head that the Hugging Face Hub reads.
    HF = "hf"


_WRITTEN: Mapping[CardForm, Callable[[Card], str]] = {
    CardForm.HTML: html.written,
    CardForm.MD: markdown.written,
    CardForm.HF: hugging_face.written,
}


def signed(card: Card, form: CardForm, key: Path) -> bytes:
    """The document, signed with the private key in a file; raises `Invalid` where there is none."""
    content = _WRITTEN[form](card).encode()
    public, signature = keys.seal(NAME + b"\n" + content, key)
    told = json.dumps({"key": public, "signature": signature}, separators=(",", ":"))
    return content + b"<!-- %b %b -->\n" % (NAME, told.encode())
