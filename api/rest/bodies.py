"""Verification bodies and what they are authorised for."""

import hashlib
import json
from dataclasses import asdict
from typing import Annotated

from fastapi import Response

from api.deps import Paged, Reading, Transaction, acts, needs
from api.idempotency import Created, Once
from api.preconditions import IfMatch, etag, require_match
from api.strict import rest_router
from verifier.operations.journal import Doer
from verifier.operations.staff import AddBody, ChangeBody, SetBodyScope, add_body, change_body, set_body_scope
from verifier.queries.body_keys import BodyKeyRow, keys_of_body
from verifier.queries.paging import Page
from verifier.queries.staff import BodyRow, bodies, body_by_code, body_for_update, body_row
from verifier.rules.access import Right

router = rest_router("bodies")


@router.get("", dependencies=[needs(Right.READ_FACTS)])
def bodies_of_installation(session: Reading, paging: Paged) -> Page[BodyRow]:
    """List the bodies."""
    return bodies(session, paging)


@router.get("/{code}", dependencies=[needs(Right.READ_FACTS)])
def body(code: str, session: Reading, response: Response) -> BodyRow:
    """Show one body."""
    row = body_row(session, code)
    response.headers["ETag"] = etag(_version(row))
    return row


@router.get("/{code}/keys", dependencies=[needs(Right.READ_FACTS)])
def keys(code: str, session: Reading) -> list[BodyKeyRow]:
    """List the public keys that labels of the body are signed with, the newest first."""
    return keys_of_body(session, body_by_code(session, code).id)


@router.post("", status_code=201, response_model=BodyRow)
def add(
    command: AddBody,
    session: Transaction,
    who: Annotated[Doer, acts(Right.KEEP_INSTALLATION)],
    answers: Once,
) -> Response:
    """Add a body."""

    def deed() -> Created[BodyRow]:
        added = add_body(session, command, who=who)
        return Created(body_row(session, added.code), f"{router.prefix}/{added.code}")

    return answers.once(session, command, deed)


@router.patch("/{code}")
def change(
    code: str,
    command: ChangeBody,
    session: Transaction,
    who: Annotated[Doer, acts(Right.KEEP_INSTALLATION)],
    response: Response,
    if_match: IfMatch = None,
) -> BodyRow:
    """Change how a body's certificates are numbered and what they print of it."""
    locked = body_for_update(session, code)
    require_match(if_match, _version(body_row(session, code)))
    change_body(session, locked, command, who=who)
    row = body_row(session, code)
    response.headers["ETag"] = etag(_version(row))
    return row


@router.put("/{code}/scope")
def set_scope(
    code: str,
    command: SetBodyScope,
    session: Transaction,
    who: Annotated[Doer, acts(Right.KEEP_INSTALLATION)],
    response: Response,
    if_match: IfMatch = None,
) -> BodyRow:
    """Replace the kinds a body is authorised for."""
    locked = body_for_update(session, code)
    require_match(if_match, _version(body_row(session, code)))
    set_body_scope(session, locked, command, who=who)
    row = body_row(session, code)
    response.headers["ETag"] = etag(_version(row))
    return row


def _version(row: BodyRow) -> str:
    return hashlib.sha256(json.dumps(asdict(row)).encode()).hexdigest()[:16]
