"""A real Prometheus on loopback."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import yaml
from tests.ports import free_port
from tests.sdk.homes import until


class Prometheus:
    """Asks a running one."""

    def __init__(self, port: int) -> None:
        self._client = httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30.0)

    def ready(self) -> bool:
        """Whether it answers."""
        try:
            return self._client.get("/-/ready").status_code == 200
        except httpx2.TransportError:
            return False

    def ask(self, expression: str) -> list[dict[str, Any]]:
        """The series of an expression as of now; an expression that it cannot run fails the test."""
        answer = self._client.get("/api/v1/query", params={"query": expression}).json()
        assert answer["status"] == "success", (expression, answer)
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    def alerts(self) -> list[dict[str, str]]:
        """Labels of the alerts that fire."""
        found = self._client.get("/api/v1/alerts").json()["data"]["alerts"]
        return [alert["labels"] for alert in found if alert["state"] == "firing"]

    def targets(self) -> dict[str, str]:
        """How each target that is scraped does, by its address."""
        found = self._client.get("/api/v1/targets").json()["data"]["activeTargets"]
        return {target["labels"]["instance"]: target["health"] for target in found}

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


@contextmanager
def running(folder: Path, exported: Path, token: str) -> Iterator[Prometheus]:
    """One with the exported stanza and rules, which looks every second and waits before no alert."""
    (folder / "token").write_text(token)
    scrape = yaml.safe_load((exported / "lamplighter-scrape.yml").read_text())
    scrape["scrape_configs"][0]["authorization"]["credentials_file"] = str(folder / "token")
    rules = yaml.safe_load((exported / "lamplighter-rules.yml").read_text())
    for rule in rules["groups"][0]["rules"]:
        rule["for"] = "0s"
    (folder / "rules.yml").write_text(yaml.safe_dump(rules))
    clocks = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    configuration = {"global": clocks, "rule_files": [str(folder / "rules.yml")], **scrape}
    (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration))
    port = free_port()
    words = [
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log)
        asked = Prometheus(port)
        try:
            until(asked.ready, 60.0)
            yield asked
        finally:
            asked.close()
            process.terminate()
            process.wait(30.0)


def promtool(*words: str) -> str:
    """What promtool says; a word of it that something is wrong fails the test."""
    done = subprocess.run(["promtool", *words], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
