"""The verification regulations (JJG), edition by edition."""

from api.deps import Paged, Reading, needs
from api.strict import rest_router
from verifier.queries.catalogue import RegulationRow, regulations
from verifier.queries.paging import Page, page_in
from verifier.rules.access import Right

router = rest_router("regulations")


@router.get("", dependencies=[needs(Right.READ_FACTS)])
def editions(session: Reading, paging: Paged) -> Page[RegulationRow]:
    """List the editions, by kind and by the day they came into force."""
    return page_in(regulations(session), paging, key=lambda row: row.id)
