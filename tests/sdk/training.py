"""A project that the platform trains by itself: the folder with its code, and the line of the configuration that names it."""

import textwrap
from pathlib import Path

#: The model of the folder.
TRAINED = "trained-again"


def training(folder: Path, *command: str) -> str:
    """Make the folder; gives the configuration of a training `again` that runs the command there."""
    folder.mkdir(parents=True)
    for name, text in _FILES.items():
        (folder / name).write_text(textwrap.dedent(text))
    words = ", ".join(f'"{word}"' for word in command)
    return f'[trainings.again]\ncommand = [{words}]\nfolder = "{folder}"\n'


_FILES = {
    "lamp.toml": """
        [model]
        name = "trained-again"
        source = "train.py:build"
        [owners]
        management = "dana@trains.example"
        [retrain]
        run = "again"
        """,
    "train.py": """
        from lamplighter import Build, predictor

        @predictor(classes=("0", "1"))
        def late(rows):
            return [1.0 if delay > 5.0 else 0.0 for delay in rows["delay"]]

        def build():
            sample = {"delay": [row / 20 for row in range(200)]}
            return Build(model=late, sample=sample, note="trained by the platform")
        """,
    "enter.py": """
        import os, sys
        from pathlib import Path
        from lamplighter.domain.identity import Purpose
        from lamplighter.lifecycle import authentication
        from lamplighter.lifecycle.kit import Kit
        from lamplighter.sdk.build import load_build, read_folder
        from lamplighter.sdk.embedded import Embedded
        from lamplighter.sdk.release import release
        from lamplighter.settings import read_settings

        kit = Kit.open(read_settings({}, home=sys.argv[1]))
        platform = Embedded(kit, authentication.authenticate(kit, os.environ["LAMP_TOKEN"], Purpose.TOKEN))
        project = read_folder(Path.cwd())
        version = release(platform, project, load_build(Path.cwd(), project))
        Path(os.environ["LAMP_RESULT"]).write_text('{"number": %d}' % version.number)
        kit.close()
        """,
}
