"""What the author of a build says beside the model, with the place on this machine where environments are made."""

from lamplighter.packaging.sources.base import Request
from lamplighter.sdk.build import Build
from lamplighter.settings import read_settings


def requested(build: Build) -> Request:
    """With it every model of the build is captured; raises `Invalid` for a configuration that is not valid."""
    return Request(tuple(build.classes), build.trust, read_settings().model_environments)
