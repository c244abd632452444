"""The fast path: its own processes, one group per environment. Knows the nouns and this folder, and nothing else of ours."""
