"""A package that starts threads when it is imported keeps no worker from closing itself, and is there for the model."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.serving.runtimes.conftest import CONTRACT

from lamplighter.domain.sandbox import Level
from lamplighter.serving.worker import landlock
from lamplighter.serving.worker.process import ENVIRONMENT
from lamplighter.serving.worker.wire import HEAD, Load, Ready, pack, reply

#: It imports what is kept out, as MLflow does where polars is installed.
LIBRARY = "try:\n    import polars\nexcept ImportError:\n    pass\n"
THREADED = "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n"
MODEL = "import polars\ndef predict(table):\n    return [1.0]\npredict.__lamplighter_predictor__ = ()\n"
START = """import sys, runpy
sys.path.insert(0, sys.argv.pop(1))
runpy.run_module("lamplighter.serving.worker", run_name="__main__")"""


@pytest.mark.skipif(not landlock.edition(), reason="this kernel has no Landlock, which binds only threads that start later")
def test_a_package_with_threads_is_imported_by_the_model_alone(tmp_path: Path) -> None:
    (tmp_path / "pandas.py").write_text(LIBRARY)
    (tmp_path / "polars.py").write_text(THREADED)
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-I", "-c", START, str(tmp_path), str(theirs.fileno())]
    with ours, subprocess.Popen(command, pass_fds=[theirs.fileno()], env=dict(ENVIRONMENT)) as worker:
        theirs.close()
        ours.sendall(pack(Load("python-source", MODEL.encode(), CONTRACT, 1 << 33, True, {}, str(tmp_path))))
        with ours.makefile("rb") as answers:
            answer = reply(answers.read(HEAD.unpack(answers.read(HEAD.size))[0]))
        ours.shutdown(socket.SHUT_RDWR)
        worker.wait(10)
    assert isinstance(answer, Ready), answer
    assert answer.sandbox is not Level.NONE
