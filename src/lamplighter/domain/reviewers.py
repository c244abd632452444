"""Who has to see a change to the files of a model: the owners of its stages, by the names that GitHub or GitLab has."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from lamplighter.domain.choices import misfit
from lamplighter.domain.codeowners import Rule, deciding
from lamplighter.domain.decoding import from_toml
from lamplighter.domain.errors import Invalid
from lamplighter.domain.names import is_team
from lamplighter.domain.owners import Owners
from lamplighter.domain.record import Record, Settings
from lamplighter.domain.stage import Stage

#: The file of a repository that says what parties are called there.
NAMES = "lamp-codeowners.toml"
#: Stages whose owners see the whole folder: they make versions, and check and package them.
_MAKERS = (Stage.DESIGN, Stage.INDUSTRIALIZATION)
#: What every owner sees, for it says what each of them promises.
_PROMISES = "lamp.toml"


class CodeNames(Settings, frozen=True):
    """What parties are called where the code lies. People are known by their e-mail addresses if nothing else is said."""

    #: Whose teams they are: `@it-ops` is `@example/it-ops` where this is `example`.
    organisation: str = ""
    #: Name of a user, a team or a group for a party, such as `"ada@example.com" = "@ada"`.
    owners: Mapping[str, str] = {}

    def of(self, party: str) -> str:
        """The name of a party; raises `Invalid` for a team that has none, since it could be a user who is called so."""
        if party in self.owners:
            return self.owners[party]
        if not is_team(party):
            return party
        if self.organisation:
            return f"@{self.organisation}/{party[1:]}"
        raise Invalid(
            f"Nobody says what {party} is called where the code lies.",
            why="A team of that name would be read as a user.",
            fix=f'Write organisation = "..." into {NAMES} at the root of the repository, or its name under [owners].',
            code="E1477",
        )


def read_names(text: str) -> CodeNames:
    """The names that a file says; raises `Invalid` with the field that is wrong."""
    try:
        found = from_toml(text, CodeNames)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        why, fix = misfit(CodeNames, error)
        raise Invalid(f"The file {NAMES} is not valid.", why=why, fix=fix, code="E1478") from None
    for name in found.owners.values():
        if "@" not in name or len(name.split()) != 1 or name.startswith("#"):
            raise Invalid(
                f"The file {NAMES} is not valid.",
                why="A name under [owners] is none of a user, a team or an e-mail address.",
                fix="Write @user, @organisation/team or an e-mail address.",
                code="E1478",
            )
    return found


def wanted(owners: Owners, names: CodeNames, file: str) -> tuple[str, ...]:
    """Who has to see a change to a file of the folder, each once; none where nobody is named."""
    stages: Iterable[Stage] = Stage if file == _PROMISES else _MAKERS
    holders = [holder for stage in stages if (holder := owners.holder(stage))]
    parties = [party for holder in holders for party in (holder.first, holder.then) if party]
    return tuple(dict.fromkeys(names.of(party) for party in parties))


def rules(folder: str, owners: Owners, names: CodeNames) -> list[str]:
    """Lines for a folder below the root, empty for the root itself; the last that matches counts."""
    place = f"/{folder}/".replace("//", "/").replace(" ", "\\ ")
    lines = [(place, wanted(owners, names, "")), (f"{place}{_PROMISES}", wanted(owners, names, _PROMISES))]
    return [f"{pattern} {' '.join(found)}" for pattern, found in lines if found]


class Taken(Record, frozen=True):
    """Files of a model whose changes none of its owners has to see."""

    #: The rule that counts for them; nothing where none does.
    rule: Rule | None
    files: tuple[str, ...]
    wanted: tuple[str, ...]

    def told(self, place: str, model: str) -> str:
        """In one sentence; `place` is the file with the rules."""
        first, more = self.files[0], len(self.files) - 1
        files = first + (f" and {more} more" if more else "")
        owners = f"of {model}, whose owners are {', '.join(self.wanted)}."
        if self.rule is None:
            return f"No rule of {place} names {files} {owners}"
        return f"{place}:{self.rule.line} `{self.rule}` takes {files} {owners}"


def taken(found: Sequence[Rule], folder: str, files: Iterable[str], owners: Owners, names: CodeNames) -> list[Taken]:
    """Where rules and lamp.toml disagree: files by the rule that counts for them, which names none of their owners."""
    by_rule: dict[tuple[int, tuple[str, ...]], tuple[Rule | None, list[str]]] = {}
    for file in files:
        asked = wanted(owners, names, file)
        counting = deciding(found, f"{folder}/{file}".lstrip("/"))
        named = {name.lower() for rule in counting for name in rule.owners}
        if asked and not named & {name.lower() for name in asked}:
            last = counting[-1] if counting else None
            by_rule.setdefault((last.line if last else 0, asked), (last, []))[1].append(file)
    return [Taken(rule=rule, files=tuple(listed), wanted=asked) for (_, asked), (rule, listed) in by_rule.items()]
