"""The verification regulations (JJG), edition by edition, and the rules their files state."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from annotated_types import Len
from fastapi.responses import Response

from api.deps import Paged, Reading, Transaction, acts, needs
from api.idempotency import Created, Once
from api.strict import rest_router
from verifier.errors import NotFound
from verifier.i18n import mark
from verifier.operations.journal import Doer
from verifier.operations.regulations import LoadedRegulation, import_regulation
from verifier.queries.catalogue import RegulationRow, regulations, rules_in_force
from verifier.queries.paging import Page, page_in
from verifier.rules.access import Right

router = rest_router("regulations")


class RegulationRulesUnknown(NotFound):
    message = mark("No rules of {regulation} are known here.")


@dataclass(frozen=True)
class RulesJson:
    code: str
    # SHA-256 of the document: records name the very rules they were judged by.
    digest: str
    loaded_at: datetime
    # As its file says it.
    document: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ImportRegulation:
    """An office's own file, as its text."""

    toml: Annotated[str, Len(1, 1_000_000)]
    # How a refusal calls it.
    filename: Annotated[str, Len(1, 120)] = "regulation.toml"


@router.get("", dependencies=[needs(Right.READ_FACTS)])
def editions(session: Reading, paging: Paged) -> Page[RegulationRow]:
    """List the editions, by kind and by the day they came into force."""
    return page_in(regulations(session), paging, key=lambda row: row.id)


# Codes such as GB/T 19634-2021 have a slash in them.
@router.get("/{code:path}", dependencies=[needs(Right.READ_FACTS)])
def rules(code: str, session: Reading) -> RulesJson:
    """Show the rules of a regulation as they were loaded last."""
    found = rules_in_force(session, code)
    if found is None:
        raise RegulationRulesUnknown(regulation=code)
    return RulesJson(found.code, found.digest, found.loaded_at, found.document)


@router.post("", status_code=201, response_model=LoadedRegulation)
def take_in(
    command: ImportRegulation,
    session: Transaction,
    who: Annotated[Doer, acts(Right.KEEP_INSTALLATION)],
    answers: Once,
) -> Response:
    """Take in an office's own file; what was judged before keeps the rules it was judged by."""

    def deed() -> Created[LoadedRegulation]:
        loaded = import_regulation(session, command.toml.encode(), command.filename, who=who)
        return Created(loaded, f"{router.prefix}/{loaded.code}")

    return answers.once(session, command, deed)
