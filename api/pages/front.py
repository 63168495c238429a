"""The front page leads everybody to what they come for."""

from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from fastapi.responses import Response

from api.deps import Reading, Today, needs
from api.html import see_other
from verifier.queries.programmes import ProgrammeRow, programmes
from verifier.rules.access import Caller, Right, Role
from verifier.rules.lifecycle import ProgrammeStatus

router = APIRouter(include_in_schema=False)


@router.get("/")
def front(session: Reading, caller: Annotated[Caller, needs(Right.READ_REGISTER)], today: Today) -> Response:
    if caller.role in (Role.COORDINATOR, Role.ADMIN):
        return see_other("/programmes")
    if caller.role is Role.HOLDER:
        return see_other("/instruments")
    running = [
        programme
        for programme in programmes(session, caller.scope, on=today)
        if programme.status is ProgrammeStatus.RUNNING
    ]
    return see_other(_of_newest(caller.role, running))


def _of_newest(role: Role, running: list[ProgrammeRow]) -> str:
    """What is left to verify for a technician, how far it is for an official."""
    if role is Role.TECHNICIAN:
        if not running:
            return "/instruments"
        return "/instruments?" + urlencode({"programme": running[0].code, "figure": "outstanding"})
    return f"/programmes/{quote(running[0].code, safe='')}" if running else "/programmes"
