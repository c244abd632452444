"""What a pipeline says of models, in the forms that a CI shows: a summary in Markdown, annotations, and a report of JUnit."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

#: Letters that no XML 1.0 document holds.
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SHOWN = 40


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and where."""

    code: str
    what: str
    why: str
    fix: str
    #: The file from the root of the repository, and its line.
    file: str
    line: int = 1


@dataclass(frozen=True)
class Report:
    """One model."""

    model: str
    folder: str
    #: One sentence.
    says: str
    #: Exit code of what was done.
    code: int = 0
    #: Whether it did not fail and is not done: it waits for people.
    waits: bool = False
    problems: Sequence[Problem] = ()
    #: Parts of the summary: a sentence each, then tables with their heads.
    notes: Sequence[str] = ()
    tables: Sequence[Sequence[Sequence[str]]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def mark(self) -> str:
        """What stands before its name."""
        return "⏳" if self.waits else "❌" if self.code else "✅"


def summary(title: str, reports: Sequence[Report]) -> str:
    """Markdown for the page of a run, or for a comment."""
    return "\n".join([f"## {title}", "", *(line for report in reports for line in _told(report))]) + "\n"


def _told(report: Report) -> Iterator[str]:
    yield f"### {report.mark} {cell(report.model)}"
    yield ""
    yield cell(report.says)
    for problem in report.problems:
        yield f"* **{cell(problem.what)}** ({problem.code}, `{cell(problem.file)}:{problem.line}`)"
        yield f"  {cell(problem.why)} {cell(problem.fix)}"
    for note in report.notes:
        yield f"* {cell(note)}"
    for head, *rows in report.tables:
        yield ""
        yield f"| {' | '.join(map(cell, head))} |"
        yield f"|{' --- |' * len(head)}"
        yield from (f"| {' | '.join(map(cell, row))} |" for row in rows[:_SHOWN])
        if len(rows) > _SHOWN:
            yield f"| and {len(rows) - _SHOWN} more |{' |' * (len(head) - 1)}"
    yield ""


def cell(text: str) -> str:
    """A text in which nothing is read as Markdown or HTML: reasons may hold what training code of a pull request says."""
    plain = " ".join(text.split())
    return re.sub(r"([\\`*_\[\]<>|#!~@])", lambda found: f"&#{ord(found[1])};", plain)


def annotations(reports: Sequence[Report]) -> list[str]:
    """Workflow commands of GitHub Actions, which show each problem at its line."""
    return [
        f"::error file={_property(one.file)},line={one.line},title={_property(f'{report.model}: {one.what}')}"
        f"::{_message(f'{one.why} {one.fix} ({one.code})')}"
        for report in reports
        for one in report.problems
    ]


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def junit(name: str, reports: Sequence[Report]) -> bytes:
    """A report as GitLab reads it: a case for each model."""
    failed = sum(bool(report.code) and not report.waits for report in reports)
    suites = Element("testsuites")
    counts = {"tests": str(len(reports)), "failures": str(failed), "errors": "0"}
    suite = SubElement(suites, "testsuite", {"name": f"lamp ci {name}", **counts})
    for report in reports:
        place = {"classname": "lamp", "name": _clean(report.model), "file": _clean(f"{report.folder}/lamp.toml")}
        case = SubElement(suite, "testcase", {"time": f"{report.seconds:.3f}", **place})
        if report.waits:
            SubElement(case, "skipped", message=_clean(report.says))
        elif report.code:
            told = [f"{one.file}:{one.line} {one.what} {one.why} {one.fix} ({one.code})" for one in report.problems]
            SubElement(case, "failure", message=_clean(report.says)).text = _clean("\n".join(told))
    content: bytes = tostring(suites, encoding="utf-8", xml_declaration=True)
    return content


def _clean(text: str) -> str:
    return _NO_XML.sub("?", text)


def append(file: Path, text: str) -> None:
    """Add to a file that others write to as well."""
    with file.open("a", encoding="utf-8") as out:
        out.write(text)
