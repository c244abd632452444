"""`churn@7` and its kin: read back as written, and everything else refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.domain.errors import Invalid
from lamplighter.domain.names import (
    STRICT_NAME,
    DigestPrefix,
    Live,
    Number,
    Previous,
    Reference,
    is_team,
    model_name,
    parse_reference,
    party_name,
    unknown,
)

MODELS = st.from_regex(STRICT_NAME, fullmatch=True)
SELECTORS = st.one_of(
    st.none(),
    st.just(Live()),
    st.just(Previous()),
    st.builds(Number, number=st.integers(1, 999_999_999)),
    st.builds(DigestPrefix, prefix=st.text("0123456789abcdef", min_size=4, max_size=64)),
)


@given(model=MODELS, selector=SELECTORS)
def test_a_reference_is_read_as_it_was_written(model: str, selector: Live | Previous | Number | DigestPrefix | None) -> None:
    reference = Reference(model=model, selector=selector)
    assert parse_reference(str(reference)) == reference


@given(text=st.text() | st.from_regex(r"[a-z0-9-]{0,5}@?[a-z0-9:]{0,12}"))
def test_any_text_is_a_reference_or_is_refused(text: str) -> None:
    try:
        reference = parse_reference(text)
    except Invalid:
        return
    assert text.isascii()
    assert parse_reference(str(reference)) == reference


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("churn", Reference(model="churn")),
        ("churn@7", Reference(model="churn", selector=Number(number=7))),
        ("churn@007", Reference(model="churn", selector=Number(number=7))),
        ("churn@live", Reference(model="churn", selector=Live())),
        ("churn@prev", Reference(model="churn", selector=Previous())),
        ("churn@sha256:ab12", Reference(model="churn", selector=DigestPrefix(prefix="ab12"))),
        ("0", Reference(model="0")),
        ("a" * 63, Reference(model="a" * 63)),
    ],
)
def test_what_each_form_means(text: str, reference: Reference) -> None:
    assert parse_reference(text) == reference


@pytest.mark.parametrize(
    "text",
    [
        "", "@", "@7", "A", "Churn", "-a", "a-", "a" * 64, "a_b", "a.b", "a b", " a", "a ", "a\n", "a\x00", "ä", "\u0430",
        "../a", "a/b", "a\\b", "a;b", "$(a)", "a%2fb", "a?b", "a#b", "a'b",
        "a@", "a@0", "a@00", "a@-1", "a@+1", "a@1.0", "a@1e3", "a@1 ", "a@1\n", "a@\uff11", "a@²", "a@1234567890",
        "a@live ", "a@LIVE", "a@latest", "a@previous", "a@@1", "a@1@2", "a@None",
        "a@sha256:", "a@sha256:abc", "a@sha256:ABCD", "a@sha256:abcg", "a@sha256:abcd\n", "a@sha256:" + "a" * 65,
        "a@sha512:abcd", "a@abcd1234",
    ],
)  # fmt: skip
def test_hostile_references_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_reference(text)


def test_a_refusal_does_not_repeat_what_was_sent() -> None:
    for text in ("SECRET-NAME", "a@secret-value"):
        with pytest.raises(Invalid) as caught:
            parse_reference(text)
        assert "secret" not in str(caught.value).lower()


@pytest.mark.parametrize("text", ["ada@example.com", "a.b+c_d-e@x", "ada@a-b.example.com", "@it-ops", "@1"])
def test_parties(text: str) -> None:
    assert party_name(text) == text
    assert is_team(text) == (text[0] == "@")


@pytest.mark.parametrize(
    "text",
    [
        "", "ada", "Ada@example.com", "ada@", "@", "@-a", "@a-", "@IT", "ada@-x", "ada@x-", ".a@x", "a b@x", "a@x\n", "@a\n",
        "a@x@y", "a" * 64 + "@x", "a@" + "x" * 129, "@" + "a" * 64, "ä@x", "<a@x>",
    ],
)  # fmt: skip
def test_what_is_no_party(text: str) -> None:
    with pytest.raises(Invalid):
        party_name(text)


def test_a_lawful_name_is_itself() -> None:
    assert model_name("late-flights") == "late-flights"


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    refusal = unknown("model", "late-flihgts", ["churn", "late-flights"])
    assert (refusal.what, refusal.why, refusal.fix, refusal.code) == (
        "There is no model of that name.",
        "Known: churn, late-flights.",
        "Did you mean late-flights?",
        "E1201",
    )
    far = unknown("model", "zzz", ["churn"])
    assert far.fix == "Use the name of a model that exists."
    assert unknown("model", "x", []).why == "Known: none yet."
    many = unknown("model", "secret-value", [f"m{number:02}" for number in range(13)])
    assert many.why == "Known: " + ", ".join(f"m{number:02}" for number in range(12)) + ". and more."
    assert "secret" not in str(many)
