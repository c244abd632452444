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
        import numpy as np
        from sklearn.linear_model import LogisticRegression
        from lamplighter import Build

        def build():
            delay = np.linspace(0.0, 10.0, 200)
            model = LogisticRegression().fit(delay.reshape(-1, 1), delay > 5.0)
            return Build(model=model, sample={"delay": delay.tolist()}, note="trained by the platform")
        """,
    "enter.py": """
        import os, sys
        from pathlib import Path
        from lamplighter.domain.identity import Purpose
        from lamplighter.lifecycle import identity
        from lamplighter.lifecycle.kit import Kit
        from lamplighter.sdk.build import load_build, read_folder
        from lamplighter.sdk.embedded import Embedded
        from lamplighter.sdk.release import release
        from lamplighter.settings import read_settings

        kit = Kit.open(read_settings({}, home=sys.argv[1]))
        platform = Embedded(kit, identity.authenticate(kit, os.environ["LAMP_TOKEN"], Purpose.TOKEN))
        project = read_folder(Path.cwd())
        version = release(platform, project, load_build(Path.cwd(), project))
        Path(os.environ["LAMP_RESULT"]).write_text('{"number": %d}' % version.number)
        kit.close()
        """,
}
