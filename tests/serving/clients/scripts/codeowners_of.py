"""PyPI's codeowners on files and paths: the line that counts for each path, in each section."""

import json
import sys

from codeowners import CodeOwners

told = []
for text, paths in json.load(sys.stdin):
    file = CodeOwners(text)
    lines = []
    for path in paths:
        counts = {}
        for owners, line, _, section in file.matching_lines(path):
            counts.setdefault(section or "", [line, [name for _, name in owners]])
        lines.append(counts)
    told.append(lines)
print(json.dumps(told))
