"""The pages of the platform in the browser."""

import os
import sys
import webbrowser

from lamplighter.cli.page import Page
from lamplighter.cli.session import Session
from lamplighter.domain.names import Number, parse_reference

#: Variables that say that there is a screen, or which browser the person wants.
_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")


def opened_page(session: Session, reference: str) -> Page:
    """Open the page of a model, of a version or of all models. On this machine's own platform the owner is signed in."""
    path = _path(session, reference) if reference else "/"
    url = session.address(path)
    link = _signed_in(session, path)
    done = in_browser(link or url)
    return Page(
        says="Opened in the browser." if done else "No browser could be started here.",
        data={"opened": done},
        facts=[("sign in", f"{link} (once)")] if link and not done else (),
        url=url,
    )


def in_browser(url: str) -> bool:
    """Show an address in the browser of the person, and say whether there is one. A terminal is not taken over by a browser
    of text, and where there is no screen nothing is tried."""
    screen = sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in _SCREENS)
    return screen and webbrowser.open(url)


def _path(session: Session, reference: str) -> str:
    parsed = parse_reference(reference)
    if parsed.selector is None:
        return f"/m/{parsed.model}"
    if isinstance(parsed.selector, Number):
        return f"/m/{parsed.model}/v/{parsed.selector.number}"
    return f"/m/{parsed.model}/v/{session.platform.version(reference).version.number}"


def _signed_in(session: Session, path: str) -> str:
    """A link that signs the owner of this machine's platform in on the way to a page; empty for any other platform."""
    from lamplighter.sdk import local, lock
    from lamplighter.sdk.connect import local_token
    from lamplighter.settings import read_settings

    settings = read_settings()
    if session.address("") != settings.url or not lock.running(settings) or not local_token(settings):
        return ""
    return local.sign_in_url(settings, path)
