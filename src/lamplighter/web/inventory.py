"""The inventory of all models as a file."""

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.identity import Permission
from lamplighter.sdk.interface import Platform
from lamplighter.sdk.inventory import COLUMNS, Form, content, read_columns
from lamplighter.web.page import Page


def inventory_file(_: Request, platform: Platform) -> Response:
    """Hand out the same as `lamp export inventory`."""
    columns = read_columns(COLUMNS.read_text(encoding="utf-8"))
    headers = {"Content-Disposition": 'attachment; filename="inventory.csv"', "Cache-Control": "no-store"}
    return Response(content(platform.inventory(), columns, Form.CSV), media_type="text/csv", headers=headers)


PAGES = (Page("GET", "/inventory.csv", inventory_file, Permission.READ),)
