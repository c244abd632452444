"""Commands that ask for a token of whoever allows it in a browser."""

from sqlalchemy import delete, func, select

from lamplighter.domain.device_sign_in import DeviceSignIn, Standing
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class DeviceSignIns(Collection[DeviceSignIn]):
    """Those that wait, and for about an hour those that do no more."""

    table = schema.device_sign_ins
    kind = DeviceSignIn

    def waiting(self, now: int) -> int:
        """How many can still be allowed."""
        columns = self.table.c
        asked = (columns.standing == Standing.ASKED, columns.expires_at > now)
        return int(self.connection.execute(select(func.count()).where(*asked)).scalar_one())

    def remove_older(self, instant: int) -> None:
        """Forget those that expired before this instant, microseconds since the epoch."""
        self.connection.execute(delete(self.table).where(self.table.c.expires_at < instant))
