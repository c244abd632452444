"""Where a version came from that was brought in from the registry of an MLflow server."""

from lamplighter.domain.record import Record

#: The kind of the evidence that holds what that server said of it: words of others, which no gate takes for measured.
KIND = "mlflow"


class Imported(Record, frozen=True):
    """A version in that registry. The address of the server is not part of it: the same version is the same by another one."""

    name: str
    number: int
    #: Id of the run that it came from; empty if it came from none.
    run: str
    #: When it was made there, milliseconds since the epoch, UTC.
    created_at: int
    #: Digest of its files.
    digest: str

    def same(self, name: str, number: int, run: str, created_at: int) -> bool:
        """Whether these name the version that was brought in."""
        return (self.name, self.number, self.run, self.created_at) == (name, number, run, created_at)
