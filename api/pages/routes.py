"""Every page, one module a noun."""

from fastapi import APIRouter

from api.pages import (
    appointments,
    calendars,
    certificates,
    completion,
    front,
    holders,
    imports,
    instruments,
    messages,
    plan_edits,
    plans,
    programmes,
    public,
    recording,
    results,
    rounds,
    sign_in,
    signatures,
    standards,
    verifications,
    visits,
)

# An address that names something fixed comes before one that takes any name: /programmes/new, then /{code}.
PAGES: list[APIRouter] = [
    sign_in.router,
    front.router,
    programmes.router,
    completion.router,
    verifications.router,
    recording.router,
    results.router,
    signatures.router,
    certificates.router,
    instruments.router,
    holders.router,
    plans.router,
    plan_edits.router,
    visits.router,
    rounds.router,
    appointments.router,
    calendars.router,
    messages.router,
    imports.router,
    standards.router,
    public.router,
]
