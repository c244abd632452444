"""What somebody says of the models that they bring in: names, owners, samples, and which may run code when they are opened."""

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import msgspec

from lamplighter.domain.choices import misfit
from lamplighter.domain.decoding import from_toml
from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.field import check_field
from lamplighter.domain.names import model_name, party_name
from lamplighter.domain.owners import Owners
from lamplighter.domain.project import Model as Named
from lamplighter.domain.project import Project
from lamplighter.domain.project_file import check_project
from lamplighter.domain.record import Settings
from lamplighter.domain.stage import Stage
from lamplighter.sdk.importing.registry import Choice, Model

#: Letters of a summary.
_LONGEST = 300
_OTHER = re.compile(r"[^a-z0-9]+")


class ModelPlan(Settings, frozen=True):
    """What is said of one model."""

    #: Its name here; made of its name there if empty.
    name: str = ""
    owners: Owners = Owners()
    #: A table of rows of its input, .parquet, .csv, .arrow or .jsonl, from the folder of the file.
    sample: str = ""
    #: The column of the sample with what really happened, if it has one.
    label: str = ""
    #: Names of the two classes, negative first, where the model does not know them.
    classes: tuple[str, ...] = ()
    #: Whether it may be stored as code that runs in a closed process where opening it runs code.
    trust: bool = False


class Plan(Settings, frozen=True):
    """The whole file."""

    #: Of models that name none of their own.
    owners: Owners = Owners()
    model: Mapping[str, ModelPlan] = {}


class Wanted(Settings, frozen=True):
    """Everything that is asked for."""

    names: tuple[str, ...] = ()
    choice: Choice = Choice()
    plan: Plan = Plan()
    #: Where the file with the plan is, for the samples that it names.
    folder: str = "."
    #: Owner of every stage of models for which the file names nobody.
    owner: str = ""
    trust: bool = False
    dry_run: bool = False

    def of(self, name: str) -> ModelPlan:
        """What is said of the model that has this name there."""
        return self.plan.model.get(name, ModelPlan())

    def local_name(self, name: str) -> str:
        """The name of a model here; raises `Invalid` where its name there gives none."""
        return self.of(name).name or local_name(name)

    def project(self, model: Model) -> Project:
        """The project of a model that has none here yet: its first words, and who was named as owner."""
        found = self.of(model.name).owners
        owners = found if found.parties() else self.plan.owners
        if not owners.parties() and self.owner:
            owners = Owners(**{stage.value: self.owner for stage in Stage})
        summary = " ".join(model.description.split())[:_LONGEST]
        return check_project(Project(model=Named(name=self.local_name(model.name), summary=summary), owners=owners))

    def sample(self, name: str) -> Path | None:
        """The table of a model; nothing where none is named."""
        found = self.of(name).sample
        return Path(self.folder) / found if found else None


def local_name(name: str) -> str:
    """A lawful name made of one that MLflow allows: small letters and digits, hyphens for everything else."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    found = _OTHER.sub("-", plain).strip("-")[:63].strip("-")
    if not found:
        raise Invalid(
            "The name of this model gives no name here.",
            why="A name here is made of small letters, digits and hyphens, and this one has none of them.",
            fix='Name it in a file for --file: [model."..."] and name = "late-flights".',
            code="E1454",
        )
    return found


def read_plan(file: Path) -> Plan:
    """The file; raises `NotFound`, and `Invalid` naming what does not fit."""
    try:
        plan = from_toml(file.read_bytes(), Plan)
    except OSError as error:
        raise NotFound(
            "The file of the import cannot be read.", why=f"{error.strerror}.", fix="Name a file that exists.", code="E1454"
        ) from None
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
        why, fix = misfit(Plan, error) if isinstance(error, msgspec.MsgspecError) else ("It is not UTF-8.", "Write it again.")
        raise Invalid("The file of the import is not valid.", why=why, fix=fix, code="E1454") from None
    _check(plan)
    return plan


def check_owner(party: str) -> str:
    """The party itself; raises `Invalid` for what is neither a person nor a team."""
    return party_name(party) if party else ""


def _check(plan: Plan) -> None:
    for name, said in plan.model.items():
        check_field(f"model.{name}.name", lambda text: text and model_name(text), said.name)
        if len(said.classes) not in (0, 2):
            raise Invalid(
                "The file of the import is not valid.",
                why=f"model.{name}.classes names {len(said.classes)} classes.",
                fix='Name two, the negative one first: classes = ["no", "yes"].',
                code="E1454",
            )
    for owners in (plan.owners, *(said.owners for said in plan.model.values())):
        check_project(Project(model=Named(name="any"), owners=owners))
