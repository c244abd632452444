"""A model file as a document: every byte is signed, nothing that people wrote becomes markup, and the Hub reads its head."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from lamplighter import keys
from lamplighter.cli import verifier
from lamplighter.cli.verifier import CARD, check_card, signature_line
from lamplighter.domain.card import Card, Figure, Section, Table
from lamplighter.domain.contract import Meaning
from lamplighter.domain.errors import Invalid
from lamplighter.sdk.card import NAME, CardForm, signed

HOSTILE = "</script><script>alert(1)</script> | `code` [link](javascript:x) <b>"
FIGURES = (
    Figure(metric="auc", slice="", value=0.7459, low=0.74, high=0.75, rows=27_075),
    Figure(metric="brier", slice="origin = 'EWR'", value=0.1831, rows=9_736),
)
CARD_OF = Card(
    version="late-flights@3", digest="ab" * 32, model="late-flights", number=3, summary=HOSTILE, licence="CC0-1.0",
    meaning=Meaning.PROBABILITY, format="skops", held_out=True, figures=FIGURES,
    sections=(
        Section(name="problem", title="What it is for", sentences=("- not a list", HOSTILE), facts=(("Problem", HOSTILE),)),
        Section(name="checks", title="Checks", tables=(Table(heads=("A", "B"), rows=((HOSTILE, "0.5"), ("-1", "1. x"))),)),
    ),
    made_at=1_700_000_000_000_000, entries=182, head="cd" * 32,
)  # fmt: skip


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("keys") / "signing.pem"
    keys.make(file)
    return file


@pytest.mark.parametrize("form", CardForm)
def test_a_signed_file_is_found_to_be_what_was_signed(key: Path, form: CardForm) -> None:
    content = signed(CARD_OF, form, key)
    named = keys.fingerprint(keys.public(key.with_suffix(".pub")))
    assert check_card(content) == (named, "")
    assert check_card(content, named) == (named, "")
    assert check_card(content, "ab" * 32).why == "It was signed by another key than abababababab."
    assert NAME == CARD


def test_every_byte_counts(key: Path) -> None:
    content = signed(CARD_OF, CardForm.MD, key)
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 0x20
        assert check_card(bytes(changed)).why, place
    for other in (content + b"\n", content + b" ", content[:-1], content[1:], b"", b"\n", content + content):
        assert check_card(other).why


@given(st.binary(max_size=200), st.binary(min_size=32, max_size=32))
def test_the_signatures_of_another_library_hold_and_no_others(message: bytes, secret: bytes) -> None:
    signer = Ed25519PrivateKey.from_private_bytes(secret)
    public = signer.public_key().public_bytes_raw()
    signature = signer.sign(CARD + b"\n" + message + b"\n")
    assert check_card(message + b"\n" + signature_line(public, signature)).why == ""
    # The same signature with the order of the group added to its scalar is another text of the same equation.
    order = 2**252 + 27742317777372353535851937790883648493
    malleable = signature[:32] + (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
    assert check_card(message + b"\n" + signature_line(public, malleable)).why
    assert check_card(message + b"\n" + signature_line(bytes(32), signature)).why
    assert check_card(message + b"\n" + signature_line(public[:-1], signature)).why
    assert check_card(message + b"\n" + signature_line(b"\xff" * 32, signature)).why


def test_the_program_needs_nothing_but_python(key: Path, tmp_path: Path) -> None:
    file = tmp_path / "card.html"
    file.write_bytes(signed(CARD_OF, CardForm.HTML, key))
    named = keys.fingerprint(keys.public(key.with_suffix(".pub")))
    alone = [sys.executable, "-I", "-S", verifier.__file__, str(file), named]
    done = subprocess.run(alone, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"It is what was signed.\n  key      {named}\n", "")
    file.write_bytes(file.read_bytes().replace(b"0.5", b"0.6"))
    done = subprocess.run(alone, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[0]) == (
        1, "It is not what was signed: at least one byte of it was changed.",
    )  # fmt: skip


def test_what_people_wrote_stays_text(key: Path) -> None:
    page = signed(CARD_OF, CardForm.HTML, key).decode()
    assert page.count("<script") == 1
    assert "<b>" not in page
    (facts,) = re.findall(r'<script type="application/json" id="card">(.*?)</script>', page)
    assert json.loads(facts)["summary"] == HOSTILE
    text = signed(CARD_OF, CardForm.MD, key).decode()
    told = text[: text.rindex("<!--")]
    assert not re.search(r"(?<!\\)[<>]", told)
    assert not re.search(r"(?<!\\)\[", told)
    assert "* \\- not a list" in told
    assert all(line.count("|") - line.count("\\|") == 3 for line in told.splitlines() if line.startswith("|"))


def test_the_head_for_the_hub(key: Path) -> None:
    text = signed(CARD_OF, CardForm.HF, key).decode()
    head = yaml.safe_load(text.split("---\n")[1])
    assert head["license"] == "cc0-1.0"
    assert (head["library_name"], head["pipeline_tag"]) == ("sklearn", "tabular-classification")
    results = head["model-index"][0]["results"]
    assert [one["dataset"]["name"] for one in results] == [
        "rows that it has not seen", "rows that it has not seen where origin = 'EWR'",
    ]  # fmt: skip
    assert results[0]["metrics"] == [
        {"type": "roc_auc", "name": "auc", "value": 0.7459, "args": {"rows": 27_075, "low": 0.74, "high": 0.75}}
    ]


def test_without_a_key_nothing_is_signed(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        signed(CARD_OF, CardForm.MD, tmp_path / "none.pem")
