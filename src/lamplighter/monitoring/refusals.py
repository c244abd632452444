"""What the engine refuses: input that cannot be counted, and bytes that are not counts."""

from lamplighter.domain.errors import Conflict, Invalid


class UnreadableColumn(Invalid):
    """A column holds something that its kind cannot be."""

    code = "E1170"

    def __init__(self, column: str, kind: str) -> None:
        super().__init__(
            f"Column {column} cannot be counted.",
            why=f"It holds a value that cannot be read as {kind}.",
            fix="Hand over values of the kind that the contract names, and nothing else.",
        )


class UnknownColumn(Invalid):
    """A column that the profile does not know, or one that it needs and did not get."""

    code = "E1171"

    def __init__(self, column: str, why: str) -> None:
        super().__init__(f"Column {column} does not fit.", why=why, fix="Hand over the columns of the contract.")


class UnequalLengths(Invalid):
    """Columns that belong to the same rows have different lengths."""

    code = "E1172"

    def __init__(self) -> None:
        super().__init__(
            "The columns do not have the same length.",
            why="Each row needs one value, or nothing, in every column.",
            fix="Hand over columns of one length.",
        )


class UnreadableBytes(Invalid):
    """Bytes that are not a profile or counts of a format we know."""

    code = "E1173"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"These bytes are not {what}.",
            why="They are damaged, or were written by a newer release.",
            fix="Make counts anew with lamp monitor recount; restore anything else, or read it with a newer release.",
        )


class TooManyBytes(Invalid):
    """Bytes that would be far more once they are unpacked than what they are said to be can be."""

    code = "E1288"

    def __init__(self, what: str, most: int) -> None:
        super().__init__(
            f"These bytes are too many for {what}.",
            why=f"Unpacked they would be more than {most:,} bytes, which is more than what they describe can take.",
            fix="Register the version anew with lamp deploy, which writes them itself.",
        )


class ImpossibleSetting(Invalid):
    """A setting of a calculation that allows no answer."""

    code = "E1174"

    def __init__(self, what: str, why: str, fix: str) -> None:
        super().__init__(what, why=why, fix=fix)


class UnreadableStream(Invalid):
    """A source of record batches that gives none, or breaks off."""

    code = "E1220"

    def __init__(self) -> None:
        super().__init__(
            "The table cannot be read.",
            why="It is no stream of record batches, or its content is damaged.",
            fix="Hand over a Parquet file or an Arrow table that its own reader can read.",
        )


class OtherProfile(Conflict):
    """Counts were made with the bins of another profile and cannot be added or compared."""

    code = "E1545"

    def __init__(self) -> None:
        super().__init__(
            "These counts belong to another profile.",
            why="They were made with other bins, so their cells do not mean the same.",
            fix="Count the rows again with this profile.",
        )
