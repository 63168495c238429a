"""The web application, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI
from fastapi.staticfiles import StaticFiles

from api import documentation, errors, health, security
from api.pages.routes import PAGES
from api.rest import (
    accounts,
    appointments,
    bodies,
    catalogue,
    certificates,
    districts,
    enrolments,
    examinations,
    holders,
    instruments,
    journal,
    messages,
    plans,
    programmes,
    regulations,
    signatures,
    standards,
    tariffs,
    technicians,
    verifications,
    visits,
)
from verifier import db
from verifier.settings import Settings, read_settings

STATIC = Path(__file__).parent.parent / "static"

# Everything that can be asked for; one module a noun.
REST: list[APIRouter] = [
    accounts.router,
    appointments.router,
    bodies.router,
    catalogue.router,
    certificates.router,
    districts.router,
    enrolments.router,
    examinations.router,
    holders.router,
    instruments.router,
    journal.router,
    messages.router,
    messages.contact_router,
    messages.holders_router,
    messages.deliveries_router,
    plans.router,
    programmes.router,
    regulations.router,
    signatures.router,
    standards.router,
    tariffs.router,
    technicians.router,
    verifications.router,
    visits.router,
]


def create_app(settings: Settings | None = None, sessions: db.Sessions | None = None) -> FastAPI:
    """The application on a database: the one of the settings, unless sessions are given."""
    settings = settings or read_settings()
    opened: list[db.Engine] = []
    if sessions is None:
        opened.append(db.connect(settings.database_url))
        sessions = db.sessions_of(opened[0])

    @asynccontextmanager
    async def closing(_app: FastAPI) -> AsyncIterator[None]:
        yield
        for engine in opened:
            engine.dispose()

    app = FastAPI(
        lifespan=closing,
        title="Verifier",
        version=version("verifier"),
        # Both served by api/documentation.py, without another host.
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(security.refuse_other_sites)],
    )
    put_on(app, settings, sessions)
    # A little more than the largest file: a form stands around it.
    app.add_middleware(security.BodyLimit, most=settings.upload_limit_mb * 1024 * 1024 + 65_536)
    app.add_middleware(security.SecurityHeaders)
    errors.install(app, security.HEADERS)
    app.mount(documentation.ASSETS_PATH, documentation.assets())
    app.mount("/static", StaticFiles(directory=STATIC))
    for router in (health.router, documentation.router, *REST, *PAGES):
        app.include_router(router)
    return app


def put_on(app: FastAPI, settings: Settings, sessions: db.Sessions) -> None:
    """Have an application answer from this database, with nothing remembered of who asked before."""
    app.state.settings = settings
    app.state.sessions = sessions
    app.state.failed_sign_ins = security.FailedSignIns()
    app.state.failed_checks = security.FailedChecks()
