"""A pipeline that does not compile, in its closed process with micro-batching, against the service that is written by hand."""

import ground
import online

from lamplighter.domain.decoding import from_json
from lamplighter.domain.version import Manifest, address

#: One row from 64 clients, and from one.
WORKS = (online.Work("python_runtime_64", 1, 64, 3), online.Work("python_runtime_1", 1, 1, 2))


def main() -> None:
    """Print the lines; ends with an error if the pipeline was compiled after all."""
    model = ground.trained("python_runtime")
    manifest = from_json((model.artifacts / address(model.served.digest)).read_bytes(), Manifest)
    if manifest.runtime != "python":
        raise SystemExit("the pipeline of this benchmark is compiled now; choose another step")
    online.compare("fastapi", model, WORKS)


if __name__ == "__main__":
    main()
