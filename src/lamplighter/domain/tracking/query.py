"""The grammar by which clients of MLflow search: comparisons joined by AND, and the order of what is found.

`metrics.auc > 0.9 AND params."max depth" = '3' AND tags.team LIKE 'ri%' AND attributes.status != 'FAILED'`. What MLflow knows
beyond this (IN, comparisons of data sets, IS NULL) is refused, so that nothing is silently left out of an answer.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import Record


class Of(StrEnum):
    """What is compared."""

    #: A field of the thing itself.
    ATTRIBUTE = "attribute"
    #: The newest value of a metric.
    METRIC = "metric"
    #: A parameter.
    PARAM = "param"
    #: A tag.
    TAG = "tag"


class Term(Record, frozen=True):
    """Something that can be compared or sorted by."""

    of: Of
    key: str


class Comparison(Record, frozen=True):
    """One condition."""

    term: Term
    #: `=`, `!=`, `<`, `<=`, `>`, `>=`, `LIKE` or `ILIKE`.
    operator: str
    value: str | float


class Order(Record, frozen=True):
    """What is sorted by."""

    term: Term
    ascending: bool = True


class Grammar(Record, frozen=True):
    """What may be searched by in one place."""

    #: Attributes, and whether each is a number.
    attributes: Mapping[str, bool]
    kinds: tuple[Of, ...] = (Of.TAG,)


#: Other spellings of what is compared.
_KINDS: Mapping[str, Of] = {
    "attribute": Of.ATTRIBUTE,
    "attributes": Of.ATTRIBUTE,
    "attr": Of.ATTRIBUTE,
    "run": Of.ATTRIBUTE,
    "metric": Of.METRIC,
    "metrics": Of.METRIC,
    "param": Of.PARAM,
    "params": Of.PARAM,
    "parameter": Of.PARAM,
    "parameters": Of.PARAM,
    "tag": Of.TAG,
    "tags": Of.TAG,
}
_TEXT = frozenset({"=", "!=", "LIKE", "ILIKE"})
_NUMBER = frozenset({"=", "!=", "<", "<=", ">", ">="})
#: No part of it tries again what it has taken: a search comes from anybody.
_WORDS = re.compile(
    r"""\s*+(?:
    (?P<text>'(?>[^'\\]++|\\.|'')*+'|"(?>[^"\\]++|\\.)*+")
  | (?P<number>[-+]?(?>\d++(?>\.\d*+)?|\.\d++)(?>[eE][-+]?\d++)?(?![\w.]))
  | (?P<operator><=|>=|!=|=|<|>)
  | (?P<name>[A-Za-z_]\w*+\.(?>`[^`]*+`|"[^"]*+"|[\w./ -]{0,249}?[\w./-](?=\ {0,8}(?>[<>=!]|\s(?>I?LIKE|IN|IS|ASC|DESC)\b|$)))
      |`[^`]*+`|[A-Za-z_]\w*+)
  | (?P<other>\S))""",
    re.VERBOSE | re.IGNORECASE,
)
#: Conditions of one search.
_MOST = 50
#: Characters of one search.
_LONGEST = 10_000


def parse_filter(text: str, grammar: Grammar) -> tuple[Comparison, ...]:
    """The conditions that all have to hold; raises `Invalid` for what is not understood. Empty for an empty text."""
    words = _words(text)
    found: list[Comparison] = []
    while words:
        if found and words.pop(0)[1].upper() != "AND":
            raise _not_understood("Conditions are joined by AND, and by nothing else.")
        if len(words) < 3 or len(found) == _MOST:
            raise _not_understood(f"A condition is a name, a comparison and a value, and there are {_MOST} at most.")
        name, operator, value = words[:3]
        del words[:3]
        found.append(_comparison(name, operator, value, grammar))
    return tuple(found)


def parse_order(clauses: Sequence[str], grammar: Grammar) -> tuple[Order, ...]:
    """What is sorted by, the first first; raises `Invalid` for what is not understood."""
    if len(clauses) > _MOST:
        raise _not_understood(f"At most {_MOST} orders are taken.")
    return tuple(_order(clause, grammar) for clause in clauses)


def _order(clause: str, grammar: Grammar) -> Order:
    words = _words(clause)
    if not words or len(words) > 2 or words[0][0] != "name" or (len(words) == 2 and words[1][1].upper() not in ("ASC", "DESC")):
        raise _not_understood("An order is a name, and ASC or DESC after it.")
    return Order(term=_term(words[0][1], grammar), ascending=len(words) == 1 or words[1][1].upper() == "ASC")


def _words(text: str) -> list[tuple[str, str]]:
    """Kind and text of each word."""
    if len(text) > _LONGEST:
        raise _not_understood(f"It is over {_LONGEST:,} characters.")
    found: list[tuple[str, str]] = []
    for match in _WORDS.finditer(text.strip()):
        kind = str(match.lastgroup)
        if kind == "other":
            raise _not_understood("It holds a sign that is no part of a name, a comparison or a value.")
        found.append((kind, match[kind]))
    return found


def _comparison(name: tuple[str, str], operator: tuple[str, str], value: tuple[str, str], grammar: Grammar) -> Comparison:
    if name[0] != "name":
        raise _not_understood("A condition begins with a name, such as metrics.auc or tags.team.")
    term, sign = _term(name[1], grammar), operator[1].upper()
    is_number = term.of is Of.METRIC or (term.of is Of.ATTRIBUTE and grammar.attributes[term.key])
    known = _NUMBER if is_number else _TEXT
    if sign not in known:
        raise _not_understood(f"{'Numbers' if is_number else 'Texts'} are compared by {', '.join(sorted(known))}.")
    if value[0] != ("number" if is_number else "text"):
        wanted = "a number stands without quotation marks" if is_number else "a text stands in quotation marks"
        raise _not_understood(f"After the comparison {wanted}.")
    return Comparison(term=term, operator=sign, value=float(value[1]) if is_number else _unquoted(value[1]))


def _term(name: str, grammar: Grammar) -> Term:
    kind, dot, key = name.partition(".")
    if not dot:
        kind, key = "attribute", name
    of = _KINDS.get(kind.lower())
    if of is None or (of is not Of.ATTRIBUTE and of not in grammar.kinds):
        known = ", ".join([*(f"{one}s." for one in grammar.kinds), "or an attribute"])
        raise _not_understood(f"Names begin with {known}.")
    key = key[1:-1] if key[:1] in ('"', "`") else key.strip()
    if of is Of.ATTRIBUTE and key not in grammar.attributes:
        raise _not_understood(f"Attributes are {', '.join(sorted(grammar.attributes))}.")
    return Term(of=of, key=key)


def _unquoted(text: str) -> str:
    inner = text[1:-1]
    return re.sub(r"\\(.)", r"\1", inner.replace("''", "'") if text[0] == "'" else inner)


def _not_understood(why: str) -> Invalid:
    return Invalid(
        "The search is not understood.",
        why=why,
        fix="Write conditions such as metrics.auc > 0.9 AND tags.team = 'risk'; what is not offered stands in the docs.",
        code="E1803",
    )
