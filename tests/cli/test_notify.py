"""Secrets of webhooks on the command line."""

from tests.cli.commands import told
from tests.cli.memory import Memory

from lamplighter.settings import Settings


def test_a_secret_is_one_that_the_configuration_takes_and_another_each_time() -> None:
    made = [told(Memory(), "notify", "secret") for _ in range(2)]
    found = [one.out.strip() for one in made]
    assert len(set(found)) == 2
    assert "webhook_secrets" in made[0].err
    Settings(webhooks={"pager": "http://127.0.0.1:9/"}, webhook_secrets={"pager": tuple(found)})
