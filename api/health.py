"""Whether this installation is alive, and whether it can work."""

import logging

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.deps import OpenSessions
from verifier import db, migrations

logger = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def healthz() -> dict[str, str]:
    return {"status": "alive"}


@router.get("/readyz")
def readyz(sessions: OpenSessions) -> JSONResponse:
    engine = sessions.kw["bind"].engine
    try:
        current = migrations.is_current(engine)
    except db.Unavailable as error:
        logger.error("not ready: the database does not answer", exc_info=error)  # noqa: TRY400  said, not raised on
        return JSONResponse({"status": "not ready", "why": "the database does not answer"}, 503)
    if not current:
        return JSONResponse({"status": "not ready", "why": "migrations are missing; run: verifier init"}, 503)
    return JSONResponse({"status": "ready"})
