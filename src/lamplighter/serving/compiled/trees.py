"""Trees in float64, walked by our own library where it was built and by onnxruntime elsewhere, with the same bits."""

import importlib
from typing import Any, Protocol

import numpy as np

from lamplighter.serving.compiled import native
from lamplighter.serving.compiled.admission import check
from lamplighter.serving.compiled.encoder import Matrix, Numbers
from lamplighter.serving.compiled.native import Native

#: Name of the input and the output of the graph.
INPUT, OUTPUT = "x", "y"
#: Rows that one call of onnxruntime takes at most, and bytes of trees up to which more than one row is taken.
_MANY_ROWS, _SMALL_TREES = 64, 4_000_000


class Walker(Protocol):
    """Who walks the trees, on the calling thread."""

    @property
    def name(self) -> str:
        """How it is named to people."""
        ...

    def sums(self, numbers: Numbers, rows: int) -> list[float]:
        """One sum over the leaves reached for each row; `numbers` are the encoded rows, one after another."""
        ...


def opened(content: bytes, width: int) -> Walker:
    """The walker of this machine for the bytes of an ONNX file over `width` numbers; raises `ValueError` for anything but one
    plain ensemble."""
    arrays = check(content, width)
    return Native(arrays, width) if native.is_built() else OnnxRuntime(content, width)


class OnnxRuntime:
    """The sum over the leaves that each row reaches; it was admitted before."""

    #: How the walker is named to people.
    name = "onnxruntime"

    def __init__(self, content: bytes, width: int) -> None:
        """Open an admitted file; raises `ValueError` if the library does not."""
        self._width = width
        # Small trees stay in the processor's cache while many rows pass; large ones are walked fastest row by row.
        self._together = _MANY_ROWS if len(content) <= _SMALL_TREES else 1
        try:
            self._session = session(content)
        except Exception as error:  # the library's errors share no base
            raise ValueError(f"onnxruntime does not open the trees: {type(error).__name__}") from error

    def sums(self, numbers: Numbers, rows: int) -> list[float]:
        """One sum a row for rows of encoded numbers, one after another."""
        matrix = np.frombuffer(numbers, dtype=np.float64).reshape(rows, self._width)
        starts = range(0, rows, self._together)
        return [value for start in starts for value in self._some(matrix[start : start + self._together])]

    def _some(self, matrix: Matrix) -> list[float]:
        answers: list[float] = self._session.run([OUTPUT], {INPUT: matrix})[0][:, 0].tolist()
        return answers


def session(content: bytes) -> Any:
    """An onnxruntime session without threads of its own; a default session would bring one for each core."""
    onnxruntime = importlib.import_module("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
