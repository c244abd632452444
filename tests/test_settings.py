"""What may be configured: where a value comes from, what each field says of itself, and what is refused."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from lamplighter import settings as module
from lamplighter.domain.environment import DeclaredEnvironment, Level
from lamplighter.domain.errors import Invalid
from lamplighter.settings import VARIABLES, DigestTime, Settings, Training, read_settings

SOURCE = Path(module.__file__).read_text()


def documented(name: str) -> dict[str, str]:
    """The sentences above the fields of a class."""
    lines = SOURCE.splitlines()
    node = next(part for part in ast.parse(SOURCE).body if isinstance(part, ast.ClassDef) and part.name == name)
    fields = [part for part in node.body if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)]
    return {part.target.id: lines[part.lineno - 2].strip() for part in fields if isinstance(part.target, ast.Name)}


@pytest.mark.parametrize("kind", [Settings, Training, DigestTime])
def test_every_field_has_its_sentence(kind: type[Any]) -> None:
    sentences = documented(kind.__name__)
    assert set(sentences) == set(kind.__struct_fields__)
    for field, sentence in sentences.items():
        assert re.match(r"#: [A-Z].*\.( `LAMP_[A-Z_]+`)?$", sentence), field


def test_a_field_with_a_variable_names_it_and_no_other_does() -> None:
    named = {field: re.findall(r"`(LAMP_[A-Z_]+)`", sentence) for field, sentence in documented("Settings").items()}
    assert {field: found for field, found in named.items() if found} == {
        field: [variable] for variable, field in VARIABLES.items()
    }


def written(home: Path, text: str) -> Path:
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text(text)
    return home


def test_without_anything_there_are_defaults(tmp_path: Path) -> None:
    found = read_settings({"LAMP_HOME": str(tmp_path)})
    assert found == Settings(home=str(tmp_path))
    assert (found.port, found.host, found.tick, found.serving_port) == (7070, "127.0.0.1", 0.5, 7081)
    assert found.database_url == f"sqlite:///{tmp_path / 'control.db'}"
    assert (found.artifacts, found.serving) == (tmp_path / "artifacts", tmp_path / "serving")
    assert found.url == "http://127.0.0.1:7070"
    assert found.channels == ("inbox",)


@pytest.mark.parametrize(
    ("variable", "texts", "values"),
    [
        ("LAMP_DATABASE", ("sqlite:///a.db", "sqlite:///b.db", "sqlite:///c.db"), None),
        ("LAMP_ARTIFACT_STORE", ("s3://a", "s3://b", "s3://c/d"), None),
        ("LAMP_HOST", ("localhost", "127.0.0.2", "127.0.0.3"), None),
        ("LAMP_PORT", ("1", "65535", "80"), (1, 65535, 80)),
        ("LAMP_PUBLIC_URL", ("https://a.example", "https://b.example", "https://c.example"), None),
        ("LAMP_POLICY", ("a.toml", "b.toml", "c.toml"), None),
        ("LAMP_SIGN_WITH", ("a.pem", "b.pem", "c.pem"), None),
        ("LAMP_TICK", ("0.1", "2", "1e-3"), (0.1, 2.0, 0.001)),
        ("LAMP_SERVING_PORT", ("8000", "8001", "8002"), (8000, 8001, 8002)),
    ],
)
def test_an_argument_goes_before_a_variable_before_the_file_before_the_default(
    tmp_path: Path, variable: str, texts: tuple[str, str, str], values: tuple[Any, ...] | None
) -> None:
    field = VARIABLES[variable]
    by_file, by_variable, by_argument = values or texts
    home = written(tmp_path, f"{field} = {by_file!r}")
    environ = {"LAMP_HOME": str(home)}
    assert getattr(read_settings(environ), field) == by_file
    environ[variable] = texts[1]
    assert getattr(read_settings(environ), field) == by_variable
    assert getattr(read_settings(environ, **{field: by_argument}), field) == by_argument
    assert getattr(read_settings(environ, **{field: None}), field) == by_variable
    environ[variable] = ""
    assert getattr(read_settings(environ), field) == by_file


def test_every_variable_is_tried() -> None:
    assert set(VARIABLES) == {
        "LAMP_HOME", "LAMP_DATABASE", "LAMP_ARTIFACT_STORE", "LAMP_HOST", "LAMP_PORT", "LAMP_POLICY", "LAMP_SIGN_WITH",
        "LAMP_TICK", "LAMP_SERVING_PORT", "LAMP_PUBLIC_URL",
    }  # fmt: skip
    assert set(VARIABLES.values()) <= set(Settings.__struct_fields__)


def test_where_home_is(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    written(one, "port = 1111")
    written(two, "port = 2222")
    assert read_settings({"LAMP_HOME": str(one)}).port == 1111
    assert read_settings({"LAMP_HOME": str(one)}, home=str(two)) == Settings(home=str(two), port=2222)
    assert read_settings({"XDG_STATE_HOME": str(tmp_path)}).home == str(tmp_path / "lamplighter")
    assert read_settings({}).home == str(Path.home() / ".local" / "state" / "lamplighter")
    assert read_settings({"LAMP_HOME": "~/lamp"}).home == str(Path.home() / "lamp")
    assert read_settings({"LAMP_HOME": "here"}).folder.is_absolute()


def test_a_whole_file(tmp_path: Path) -> None:
    text = """
    port = 8080
    channels = ["inbox", "ops"]

    [[environments]]
    name = "prod"
    level = "production"
    port = 9000
    workers = 4

    [webhooks]
    ops = "https://hooks.example.com/x"

    [apprise]
    mail = "mailto://ops"

    [trainings.late-flights]
    command = ["python", "train.py"]
    folder = "/srv/models"
    """
    found = read_settings({}, home=str(written(tmp_path, text)))
    assert found == Settings(
        home=str(tmp_path),
        port=8080,
        channels=("inbox", "ops"),
        environments=(DeclaredEnvironment(name="prod", level=Level.PRODUCTION, port=9000, workers=4),),
        webhooks={"ops": "https://hooks.example.com/x"},
        apprise={"mail": "mailto://ops"},
        trainings={"late-flights": Training(command=("python", "train.py"), folder="/srv/models")},
    )
    assert found.first_environments() == found.environments


def test_a_new_platform_has_three_environments() -> None:
    made = Settings(serving_port=9001).first_environments()
    assert [(found.name, found.level, found.port) for found in made] == [
        ("dev", Level.DEVELOPMENT, 9001), ("staging", Level.ACCEPTANCE, 9002), ("prod", Level.PRODUCTION, 9003),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('port = "eighty"', "$.port"), ("port = 0", "$.port"), ("port = 65536", "$.port"), ("port = -1", "$.port"),
        ("serving_port = 70000", "$.serving_port"), ("tick = 0", "$.tick"), ("tick = -1.5", "$.tick"), ("tick = nan", "$.tick"),
        ("tick = inf", "$.tick"), ("tick = 31", "$.tick"), ("false_alarms = inf", "$.false_alarms"),
        ("false_alarms = nan", "$.false_alarms"), ('host = ""', "$.host"), ('tables = { a = "" }', "`tables`"),
        ('tables = { "" = "/a.csv" }', "`tables`"), ('database = "mysql://db/lamp"', "`database` begins with sqlite:///"),
        ('database = "sqlite:/a.db"', "`database`"), ('database = "a.db"', "`database`"),
        ('webhooks = { pager = "" }', "`webhooks` of pager"),
        ('webhooks = { pager = "ftp://example.com" }', "`webhooks` of pager"),
        ('alertmanagers = { alerts = "example.com:9093" }', "`alertmanagers` of alerts"),
        ('apprise = { mail = "user@example.com" }', "`apprise` of mail"),
        ("host = 1.5", "$.host"), ("prot = 80", "`prot`"), ('channels = "inbox"', "$.channels"), ('home = "/else"', "`home`"),
        ("webhooks = { ops = 1.5 }", "$.webhooks"), ("[trainings.x]\ncommand = []\nfolder = '/'", "$.trainings[...].command"),
        ("[trainings.x]\ncommand = ['a']\nfolder = '/'\nseconds = 0", "$.trainings[...].seconds"),
        ("[trainings.x]\ncommand = ['a']\nfolder = '/'\nseconds = inf", "$.trainings[...].seconds"),
        ("[trainings.x]\ncommand = 'a b'\nfolder = '/'", "$.trainings[...].command"),
        ("[trainings.x]\ncommand = ['a']\n", "`folder`"),
        ("[trainings.x]\ncommand = ['a']\nfolder = '/'\ntrainer = 'ray'", "`cluster`"),
        ("[trainings.x]\ncommand = ['a']\nfolder = '/'\ncluster = 'http://127.0.0.1:8265'", "no `cluster`"),
        ("[trainings.x]\ncommand = ['a']\nfolder = '/'\nshell = true", "`shell`"),
        ("[[environments]]\nname = 'x'\nlevel = 'prod'\nport = 1", "$.environments[0].level"),
        ('public_url = "http://lamp.example.com"', "`public_url`"), ('public_url = "https://a.example/x"', "`public_url`"),
        ('public_url = "https://a@lamp.example.com"', "`public_url`"), ('public_url = "lamp.example.com"', "`public_url`"),
        ('trusted_proxies = ["proxy"]', "`trusted_proxies`"), ('trusted_proxies = ["0.0.0.0/0"]', "`trusted_proxies`"),
        ("port = \n", "line 1"), ("[", "end of document"),
    ],
)  # fmt: skip
def test_a_bad_value_in_the_file_is_refused_with_its_field(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_settings({}, home=str(written(tmp_path, text)))
    assert named in caught.value.why
    assert (caught.value.what, caught.value.code) == ("The configuration is not valid.", "E1120")


def environments(*lines: str) -> str:
    """The text of environments at ports of their own, with these lines in place of the first that say the same."""
    fields = ({"name": f'"e{place}"', "level": '"production"', "port": str(9000 + place)} for place in range(len(lines)))
    said = (dict(part.split(" = ") for part in line.split("; ") if part) for line in lines)
    blocks = ({**own, **more} for own, more in zip(fields, said, strict=True))
    return "\n".join("[[environments]]\n" + "\n".join(f"{key} = {value}" for key, value in block.items()) for block in blocks)


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        (("wrokers = 4",), "`wrokers` - at `$.environments[0]`"),
        (("", 'name = "e0"'), "two environments are called e0"),
        (("", "port = 9000"), "two environments listen at port 9000 of 127.0.0.1"),
        (("", "grpc_port = 9000"), "two environments listen at port 9000 of 127.0.0.1"),
        (("", 'name = "Prod"'), "a name has 1 to 63 lower-case letters, digits and hyphens"),
        (('name = ""',), "a name has 1 to 63"),
        (("port = 0",), "`port` is a number from 1 to 65535"),
        (("grpc_port = 9000",), "`grpc_port` is another number"),
        (("workers = 0",), "`workers` is at least 1"),
        (('host = ""',), "`host` is empty"),
    ],
)
def test_environments_that_cannot_be_are_refused(tmp_path: Path, lines: tuple[str, ...], named: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_settings({}, home=str(written(tmp_path, environments(*lines))))
    assert named in caught.value.why
    assert caught.value.code == "E1120"


def test_environments_of_their_own_names_and_ports_are_taken(tmp_path: Path) -> None:
    found = read_settings({}, home=str(written(tmp_path, environments("", "grpc_port = 9500", 'port = 9000; host = "::1"'))))
    assert [one.name for one in found.environments] == ["e0", "e1", "e2"]


def test_the_address_of_a_database_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        read_settings({}, home=str(written(tmp_path, 'database = "mysql://ada:canary@db/lamp"')))
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("LAMP_PORT", "http"), ("LAMP_PORT", "70000"), ("LAMP_PORT", "80.5"), ("LAMP_TICK", "soon"), ("LAMP_TICK", "0"),
        ("LAMP_TICK", "nan"), ("LAMP_SERVING_PORT", "-1"),
    ],
)  # fmt: skip
def test_a_bad_value_in_a_variable_is_refused_with_its_field(tmp_path: Path, variable: str, text: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_settings({"LAMP_HOME": str(tmp_path), variable: text})
    assert f"$.{VARIABLES[variable]}" in caught.value.why


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"host = '\xff\xfe'")
    with pytest.raises(Invalid):
        read_settings({}, home=str(tmp_path))


def test_an_argument_that_is_no_setting_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="not valid") as caught:
        read_settings({}, home=str(tmp_path), prot=80)
    assert "`prot`" in caught.value.why


PROVIDER = {"name": '"example"', "issuer": '"https://login.example.com"', "client_id": '"lamp"', "domains": '["example.com"]'}


def provider(**said: str) -> str:
    """The text of an identity provider that says this in place of what is right; nothing leaves a field out."""
    return "\n".join(
        ["[[identity_providers]]", *(f"{name} = {value}" for name, value in {**PROVIDER, **said}.items() if value)]
    )


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"issuer": '"http://login.example.com"'}, "`issuer` of an identity provider begins with https://"),
        ({"issuer": '"https://login.example.com?tenant=1"'}, "without user, query and fragment"),
        ({"issuer": '"https://a:b@login.example.com"'}, "without user, query and fragment"),
        ({"domains": ""}, "`domains` or `admitted_groups`"),
        ({"domains": '["*"]'}, "$.identity_providers[0].domains[0]"),
        ({"domains": '["Example.com"]'}, "$.identity_providers[0].domains[0]"),
        ({"name": '"../x"'}, "$.identity_providers[0].name"),
        ({"client_id": '""'}, "$.identity_providers[0].client_id"),
        ({"client_secret": '"s3cret"'}, "`client_secret`"),
        ({"client_secret_file": '"/a"', "client_secret_variable": '"A"'}, "not in both"),
        ({"client_secret_file": '"/a"', "client_authentication": '"none"'}, "`client_authentication`"),
        ({"client_authentication": '"client_secret_post"'}, "`client_authentication`"),
        ({"scopes": '["openid"]'}, "`scopes` of an identity provider hold openid and email"),
        ({"roles": '["application"]'}, "cannot hold application, which programs have"),
        ({"roles": '["king"]'}, "$.identity_providers[0].roles[0]"),
        ({"groups": '[{ group = "ops", roles = ["observer"] }]'}, "cannot hold observer, which programs have"),
        ({"groups": '[{ group = "ops", teams = ["ada@example.com"] }]'}, "`teams` of a group holds a person"),
        ({"groups": '[{ group = "ops", teams = ["ops"] }]'}, "no name of a team"),
    ],
)
def test_an_identity_provider_that_cannot_be_trusted_is_refused(tmp_path: Path, said: dict[str, str], named: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_settings({}, home=str(written(tmp_path, provider(**said))))
    assert named in caught.value.why
    assert "s3cret" not in str(caught.value)


def test_identity_providers_have_names_of_their_own(tmp_path: Path) -> None:
    assert len(read_settings({}, home=str(written(tmp_path, provider()))).identity_providers) == 1
    with pytest.raises(Invalid) as caught:
        read_settings({}, home=str(written(tmp_path, f"{provider()}\n{provider()}")))
    assert "two identity providers are called example" in caught.value.why
