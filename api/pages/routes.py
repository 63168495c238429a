"""Every page, one module a noun."""

from fastapi import APIRouter

from api.pages import completion, front, holders, imports, instruments, programmes, sign_in, verifications

# An address that names something fixed comes before one that takes any name: /programmes/new, then /{code}.
PAGES: list[APIRouter] = [
    sign_in.router,
    front.router,
    programmes.router,
    completion.router,
    verifications.router,
    instruments.router,
    holders.router,
    imports.router,
]
