"""The demonstration on the command line: what it says while it plays, and what it leaves."""

import time
from collections.abc import Mapping
from typing import Any

from lamplighter.cli.opening import in_browser
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session
from lamplighter.demo import show
from lamplighter.demo.story import MODEL
from lamplighter.sdk import local
from lamplighter.settings import Settings, read_settings

_NEXT = (f"lamp status {MODEL}", f"lamp who {MODEL}", f"lamp rollback {MODEL}", "lamp down")


def demonstrated(session: Session, *, once: bool, browser: bool, reset: bool) -> Page:
    """Play the story, or show what an earlier run left; with `once` nothing runs afterwards."""
    begun = time.monotonic()
    settings = read_settings()
    if reset and settings.folder.exists():
        session.ask(f"Remove everything in {settings.home}?", ["Every model, its history and its people in this folder go."])
    settings = show.prepare(reset=reset)
    try:
        return _run(session, settings, begun, browser=browser, stays=not once)
    finally:
        if once:
            local.stop(settings)


def _open(settings: Settings, browser: bool) -> None:
    if browser:
        in_browser(local.sign_in_url(settings, f"/m/{MODEL}"))


def _run(session: Session, settings: Settings, begun: float, *, browser: bool, stays: bool) -> Page:
    show.load_ahead()
    url = local.start(settings, wait=session.flags.timeout or 30.0)
    session.standing = f"The platform at {url} goes on; lamp down stops it." if stays else "The platform was stopped."
    session.say(f"The platform runs at {url}.")
    if show.played(settings):
        _open(settings, browser)
        says = f"The demonstration was played here already. {MODEL} is at {url}/m/{MODEL}; --reset begins again."
        return Page(says=says, data={"played": False}, next=_NEXT[:3] if stays else (), url=f"{url}/m/{MODEL}")
    measured = show.play(settings, session.say, begun=begun, on_page=lambda: _open(settings, browser))
    link = local.sign_in_url(settings) if stays else ""
    return Page(
        says=f"The story of {MODEL} is told: {measured['predictions']:,} real flights scored, "
        f"{measured['failed_requests']} requests lost, {measured['journal_entries']} entries in the journal.",
        data={"played": True, **measured},
        facts=[*_facts(measured), *([("sign in", f"{link} (once)")] if stays else [])],
        next=_NEXT if stays else (),
        url=f"{url}/m/{MODEL}" if stays else "",
    )


def _facts(measured: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        ("first answer", f"{measured['first_prediction_seconds']:g} s after the command began"),
        ("who deploys", f"{measured['arrangement']}, by rule {measured['rule']}"),
        ("broken version", f"{measured['automatic_rollback']}; back in {measured['automatic_rollback_seconds']:g} s"),
        ("by hand", f"back in {measured['manual_rollback_seconds']:g} s"),
        ("figures", f"at most {measured['largest_disagreement_with_scikit_learn']:.1e} away from scikit-learn's"),
    ]
