"""The one image that every container runs, and what it is built from."""

from lamplighter import __version__

#: Name of the image in the manifests; the values say what it is called where it lies.
IMAGE = "lamplighter"
#: Its tag; a tag cannot hold every sign of a version.
TAG = __version__.replace("+", "-")

DOCKERFILE = f"""\
# Made by `lamp export kubernetes`.
FROM python:3.12-slim
# What is installed; name a wheel or another release here.
ARG LAMPLIGHTER="lamplighter[environments,ml,notify,otel,postgres,s3]=={__version__}"
RUN apt-get update \\
 && apt-get install --yes --no-install-recommends libgomp1 nginx-light \\
 && rm -rf /var/lib/apt/lists/* \\
 && python -m pip install --no-cache-dir "$LAMPLIGHTER" \\
 && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin lamplighter
USER 10001
"""
