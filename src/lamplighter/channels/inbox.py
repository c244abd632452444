"""The inbox: the person finds it on the pages and in `lamp incident list`, where it is by being recorded."""

from lamplighter.channels.base import Message


def send(message: Message, address: str) -> None:
    """Nothing is left to do: the record of the message is the delivery."""
