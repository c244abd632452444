"""The version that was made again, held against the one on record."""

from collections.abc import Iterator, Mapping

from lamplighter.domain.card import Figure
from lamplighter.domain.origin import PARTS, Origin, Rows
from lamplighter.domain.record import Record
from lamplighter.domain.signing import unsigned
from lamplighter.sdk.reproduction.recipe import Recipe
from lamplighter.sdk.reproduction.run import Rebuilt
from lamplighter.views.card.figures import figures_of

#: Digits of a digest that people are shown.
_SHORT = 12


class Ingredient(Record, frozen=True):
    """One thing that a version is made from."""

    #: `code`, `environment`, `seed`, or a part of the data.
    name: str
    #: As recorded, and as it was now.
    recorded: str
    found: str
    #: Whether both are the same; nothing where it is not on record.
    same: bool | None


class SameFile(Record, frozen=True):
    """One file of the version."""

    role: str
    #: Digest as recorded and as made again; empty where one of the two has no such file.
    recorded: str
    rebuilt: str

    @property
    def same(self) -> bool:
        """Whether every byte is."""
        return self.recorded == self.rebuilt


class Difference(Record, frozen=True):
    """One figure on the same rows: as recorded, with its interval where it has one, and of the model made again."""

    slice: str
    metric: str
    rows: int
    recorded: float
    low: float | None
    high: float | None
    rebuilt: float

    @property
    def difference(self) -> float:
        """How much more it is now."""
        return self.rebuilt - self.recorded


class Reproduction(Record, frozen=True):
    """What came of it."""

    version: str
    #: Digest of the version on record and of the one made again, both without a signature of theirs.
    recorded: str
    rebuilt: str
    ingredients: tuple[Ingredient, ...]
    files: tuple[SameFile, ...]
    #: Figures on the same evaluation rows; none where the rows are others or are not on record.
    differences: tuple[Difference, ...]
    #: Where it was made: code, environment, log.
    folder: str

    @property
    def same(self) -> bool:
        """Whether every file is the same, byte for byte."""
        return all(file.same for file in self.files)

    @property
    def changed(self) -> tuple[Ingredient, ...]:
        """Ingredients that are others than those on record."""
        return tuple(one for one in self.ingredients if one.same is False)


def compared(recipe: Recipe, made: Rebuilt, folder: str) -> Reproduction:
    """Ingredients, files and figures, side by side."""
    recorded, rebuilt = unsigned(recipe.version.manifest), unsigned(made.manifest)
    before, after = ({file.role: file.digest for file in found.artifacts} for found in (recorded, rebuilt))
    roles = dict.fromkeys([*before, *after])
    ingredients = tuple(_ingredients(recipe, made))
    rows = next((one.same for one in ingredients if one.name == "evaluation"), None)
    return Reproduction(
        version=recipe.version.name,
        recorded=recorded.digest,
        rebuilt=rebuilt.digest,
        ingredients=ingredients,
        files=tuple(SameFile(role=role, recorded=before.get(role, ""), rebuilt=after.get(role, "")) for role in roles),
        differences=tuple(_differences(recipe, made)) if rows else (),
        folder=folder,
    )


def _ingredients(recipe: Recipe, made: Rebuilt) -> Iterator[Ingredient]:
    manifest = recipe.version.manifest
    commit = manifest.provenance.commit[:_SHORT]
    yield Ingredient(name="code", recorded=commit, found=commit, same=True)
    yield _environment(recipe.origin, made.origin)
    for part in PARTS:
        if part in recipe.origin.data or part in made.origin.data:
            yield _data(part, recipe.origin.data, made.origin.data)
    seeds = manifest.provenance.seed, made.manifest.provenance.seed
    known = None if seeds[0] is None else seeds[0] == seeds[1]
    yield Ingredient(name="seed", recorded=_seed(seeds[0]), found=_seed(seeds[1]), same=known)


def _seed(seed: int | None) -> str:
    return "not recorded" if seed is None else str(seed)


def _environment(recorded: Origin, found: Origin) -> Ingredient:
    """Packages that the training loads now have the versions on record; our own version and the machine are told too."""
    packages = {
        name: number for name, number in found.lock.packages.items() if recorded.lock.packages.get(name, number) != number
    }
    same = not packages and recorded.lock.python == found.lock.python
    return Ingredient(
        name="environment",
        recorded=_where(recorded),
        found=_where(found),
        same=same and recorded.lamplighter == found.lamplighter,
    )


def _where(one: Origin) -> str:
    return f"Python {one.lock.python}, {len(one.lock.packages)} packages, lamplighter {one.lamplighter}, {one.system}"


def _data(part: str, recorded: Mapping[str, Rows], found: Mapping[str, Rows]) -> Ingredient:
    before, after = recorded.get(part), found.get(part)
    same = before is not None and after is not None and before.digest == after.digest
    return Ingredient(name=part, recorded=_rows(before), found=_rows(after), same=same)


def _rows(rows: Rows | None) -> str:
    return f"{rows.rows:,} rows, sha256:{rows.digest[:_SHORT]}" if rows else "none"


def _differences(recipe: Recipe, made: Rebuilt) -> Iterator[Difference]:
    after: dict[tuple[str, str], Figure] = {(one.slice, one.metric): one for one in figures_of(made.performance)}
    for one in figures_of(recipe.performance):
        now = after.get((one.slice, one.metric))
        if now is not None:
            yield Difference(one.slice, one.metric, one.rows, one.value, one.low, one.high, now.value)
