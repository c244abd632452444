"""GitLab CI: one file of jobs that check merge requests and deploy the default branch, by the identity of each job."""

import json

from lamplighter import __version__
from lamplighter.bridges.base import Estate, File, Place, trust
from lamplighter.domain.environment import Level

_HEAD = """\
# Made by `lamp export ci gitlab`. No secret is stored: the platform trusts the identity that GitLab gives each job.
.lamplighter:
  image: python:3.12
  variables:
    LAMP_URL: {url}
    # What is installed; name a wheel or another release here.
    LAMPLIGHTER: lamplighter[ml]=={version}
    LAMP_CONFIG: /tmp/lamplighter-$CI_JOB_ID.toml
    # The whole history says which commit changed a folder last.
    GIT_DEPTH: "0"
  id_tokens:
    LAMP_ID_TOKEN:
      aud: {url}
  before_script:
    - python -m pip install --quiet "$LAMPLIGHTER"
    - if [ -f requirements.txt ]; then python -m pip install --quiet -r requirements.txt; fi
  after_script:
    - lamp logout
  artifacts:
    when: always
    paths:
      - lamplighter.md
    reports:
      junit: lamplighter.xml

lamplighter-check:
  extends: .lamplighter
  stage: test
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  script:
    # A merge request from a fork is not trusted: it is checked without being compared.
    - lamp login "$LAMP_URL" --ci || echo "Not signed in, so nothing is compared with what is live."
    - lamp ci check --summary lamplighter.md --junit lamplighter.xml
"""
_DEPLOY = """\

lamplighter-{name}:
  extends: .lamplighter
  stage: deploy
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_PIPELINE_SOURCE == "push"
{needs}  # Two jobs never deploy to one place at once.
  resource_group: lamplighter-{name}
  environment:
    name: {name}
    url: {url}
  script:
    - lamp login "$LAMP_URL" --ci
    - lamp ci deploy --env {name}{wait} --summary lamplighter.md --junit lamplighter.xml
"""


def files(estate: Estate) -> tuple[File, ...]:
    """The jobs, and what the platform has to be told so that it trusts them."""
    whole = _HEAD.format(url=json.dumps(estate.url), version=__version__)
    before = ""
    for environment in estate.road:
        # Production waits for people for days; the platform goes on by itself.
        wait = "" if environment.level is Level.PRODUCTION else " --wait"
        needs = f"  needs: [lamplighter-{before}]\n" if before else ""
        whole += _DEPLOY.format(name=environment.name, needs=needs, url=json.dumps(estate.url), wait=wait)
        before = environment.name
    mine = {"project_path": "GROUP/PROJECT"}
    places = [
        Place("check", {**mine, "pipeline_source": "merge_request_event"}, deploys=False),
        *(
            Place(one.name, {**mine, "ref": "main", "ref_protected": "true", "environment": one.name}, deploys=True)
            for one in estate.road
        ),
    ]
    return (
        File(
            name=".gitlab/lamplighter.yml",
            content=whole,
            use="commit it, and name it in .gitlab-ci.yml: include: [{local: .gitlab/lamplighter.yml}]",
        ),
        File(
            name="lamplighter-pipelines.toml",
            content=trust("https://gitlab.com", estate.url, places),
            use="put your project and account into it, add it to config.toml of the platform, and start that again",
        ),
    )
