"""Nobody overwrites what somebody else changed in between: ETag and If-Match."""

from typing import Annotated

from fastapi import Header

from api.errors import AtTheDoor, SomebodyWasFaster
from verifier.errors import Conflict
from verifier.i18n import mark


class IfMatchMissing(AtTheDoor, Conflict):
    status = 428
    message = mark("Send the ETag you read in the header If-Match.")


# `if_match: IfMatch = None` in a route that changes something.
IfMatch = Annotated[str | None, Header()]


def etag(version: int | str) -> str:
    return f'"{version}"'


def require_match(header: str | None, version: int | str) -> None:
    """Raise IfMatchMissing or SomebodyWasFaster unless the header names this version."""
    if header is None or not header.strip():
        raise IfMatchMissing
    named = [tag.strip() for tag in header.split(",")]
    if named != ["*"] and etag(version) not in named:
        raise SomebodyWasFaster
