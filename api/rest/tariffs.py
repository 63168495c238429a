"""Tariffs: what a verification would cost were it charged."""

from typing import Annotated

from fastapi import UploadFile

from api.deps import Paged, Reading, Transaction, acts, needs
from api.strict import rest_router
from verifier.operations.journal import Doer
from verifier.operations.tariffs import ImportedTariffs, import_tariffs
from verifier.queries.catalogue import TariffRow, tariffs
from verifier.queries.paging import Page, page_in
from verifier.rules.access import Right

router = rest_router("tariffs")


@router.get("", dependencies=[needs(Right.READ_FACTS)])
def fees(session: Reading, paging: Paged) -> Page[TariffRow]:
    """List the tariffs, by kind and by the day they came into force."""
    return page_in(tariffs(session), paging, key=lambda row: row.id)


@router.post("")
def upload(
    file: UploadFile, session: Transaction, who: Annotated[Doer, acts(Right.KEEP_INSTALLATION)]
) -> ImportedTariffs:
    """Import a CSV of tariffs, all of it or nothing."""
    return import_tariffs(session, file.file.read(), file.filename or "tariffs.csv", who=who)
