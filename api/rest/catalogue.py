"""The catalogue of kinds of instrument."""

from api.deps import Paged, Reading, needs
from api.strict import rest_router
from verifier.queries.catalogue import KindRow, kind_by_key, kinds
from verifier.queries.paging import Page, page_in
from verifier.rules.access import Right

router = rest_router("catalogue")


@router.get("", dependencies=[needs(Right.READ_FACTS)])
def catalogue(session: Reading, paging: Paged) -> Page[KindRow]:
    """List the kinds of instrument, in the catalogue's order."""
    return page_in(kinds(session), paging, key=lambda row: row.id)


@router.get("/{key}", dependencies=[needs(Right.READ_FACTS)])
def kind(key: str, session: Reading) -> KindRow:
    """Show one kind."""
    return kind_by_key(session, key)
