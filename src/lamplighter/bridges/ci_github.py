"""GitHub Actions: one workflow that checks pull requests and deploys the main branch, by the identity of each job."""

import json

from lamplighter import __version__
from lamplighter.bridges.base import Estate, File, Place, trust
from lamplighter.domain.environment import Level

_ISSUER = "https://token.actions.githubusercontent.com"
_HEAD = """\
# Made by `lamp export ci github`. No secret is stored: the platform trusts the identity that GitHub gives each job.
name: lamplighter
on:
  pull_request:
  push:
    branches: [main]
permissions:
  contents: read
env:
  LAMP_URL: {url}
  # What is installed; name a wheel or another release here.
  LAMPLIGHTER: lamplighter[ml]=={version}
jobs:
  check:
    if: github.event_name == 'pull_request'
    runs-on: ubuntu-latest
    timeout-minutes: 60
    permissions:
      contents: read
      id-token: write
    steps:
{steps}
      # A pull request from a fork has no identity: it is checked without being compared.
      - name: Sign in
        run: lamp login "$LAMP_URL" --ci || echo "::notice::Not signed in, so nothing is compared with what is live."
      - name: Check
        run: lamp ci check
"""
_DEPLOY = """\
  {job}:
    if: github.event_name == 'push'{needs}
    runs-on: ubuntu-latest
    timeout-minutes: 120
    # Two runs never deploy to one place at once, and none is cut off for the next.
    concurrency: lamplighter-{name}
    environment:
      name: {name}
      url: {url}
    permissions:
      contents: read
      id-token: write
    steps:
{steps}
      - name: Sign in
        run: lamp login "$LAMP_URL" --ci
      - name: Deploy
        run: lamp ci deploy --env {name}{wait}
"""
#: The whole history says which commit changed a folder last.
_STEPS = """\
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
          persist-credentials: false
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - name: Install
        run: |
          python -m pip install --quiet "$LAMPLIGHTER"
          if [ -f requirements.txt ]; then python -m pip install --quiet -r requirements.txt; fi
          echo "LAMP_CONFIG=$RUNNER_TEMP/lamplighter.toml" >> "$GITHUB_ENV\""""


def files(estate: Estate) -> tuple[File, ...]:
    """The workflow, and what the platform has to be told so that it trusts it."""
    whole = _HEAD.format(url=json.dumps(estate.url), version=__version__, steps=_STEPS)
    before = ""
    for environment in estate.road:
        job = f"deploy-{environment.name}"
        # Production waits for people for days; the platform goes on by itself.
        wait = "" if environment.level is Level.PRODUCTION else " --wait"
        needs = f"\n    needs: {before}" if before else ""
        whole += _DEPLOY.format(
            job=job, name=environment.name, needs=needs, url=json.dumps(estate.url), steps=_STEPS, wait=wait
        )
        before = job
    places = [
        Place("check", {"repository": "OWNER/REPOSITORY", "event_name": "pull_request"}, deploys=False),
        *(
            Place(one.name, {"repository": "OWNER/REPOSITORY", "ref": "refs/heads/main", "environment": one.name}, deploys=True)
            for one in estate.road
        ),
    ]
    return (
        File(
            name=".github/workflows/lamplighter.yml",
            content=whole,
            use="commit it; it checks pull requests and deploys the branch main",
        ),
        File(
            name="lamplighter-pipelines.toml",
            content=trust(_ISSUER, estate.url, places),
            use="put your repository and account into it, add it to config.toml of the platform, and start that again",
        ),
    )
