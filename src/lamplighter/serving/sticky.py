"""Whose rows a request holds: what keeps one customer with one version, and an answer with whom it was for."""

import msgspec

from lamplighter.serving.codecs.base import Question
from lamplighter.serving.problems import Refusal


class Key(msgspec.Struct, frozen=True):
    """What decides between champion and challenger."""

    text: str
    #: The consumer and the key it names its customers by; empty where no key is known.
    owner: str = ""


def key_of(said: str, column: str, question: Question, consumer: str, request: str) -> Key | Refusal:
    """The header's key, else the value of the sticky column, else one of this request alone.

    Refused where the rows of a request hold several keys: their customers could see two versions.
    """
    text = said or (_value(column, question) if column else "")
    if isinstance(text, Refusal):
        return text
    return Key(text, f"{consumer}\x00{text}") if text else Key(f"{consumer}\x00{request}")


def _value(column: str, question: Question) -> str | Refusal:
    values = question.columns.get(column, ())
    if len(set(values)) > 1:
        return Refusal("mixed-keys", f"Send the rows of one {column} in a request, or a Lamp-Key for all of them.")
    return "" if not values or values[0] is None else str(values[0])
