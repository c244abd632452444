"""Trees in float64, evaluated by onnxruntime on the calling thread."""

import importlib
from typing import Any

from lamplighter.serving.compiled.admission import check
from lamplighter.serving.compiled.encoder import Matrix

#: Name of the input and the output of the graph.
INPUT, OUTPUT = "x", "y"
#: Rows that one call of the library takes at most, and bytes of trees up to which more than one row is taken.
_MANY_ROWS, _SMALL_TREES = 64, 4_000_000


class Ensemble:
    """The sum over the leaves that each row reaches."""

    def __init__(self, content: bytes, width: int) -> None:
        """Open the bytes of an ONNX file over `width` numbers; raises `ValueError` for anything but one plain ensemble."""
        check(content, width)
        # Small trees stay in the processor's cache while many rows pass; large ones are walked fastest row by row.
        self._together = _MANY_ROWS if len(content) <= _SMALL_TREES else 1
        try:
            self._session = session(content)
        except Exception as error:  # the library's errors share no base
            raise ValueError(f"onnxruntime does not open the trees: {type(error).__name__}") from error

    def sums(self, matrix: Matrix) -> list[float]:
        """One sum for each row of the matrix (rows by width)."""
        if len(matrix) <= self._together:
            return self._some(matrix)
        starts = range(0, len(matrix), self._together)
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
