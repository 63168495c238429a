"""Regulations: what they demand, out of files that ship or that an office writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from verifier import regulation_files
from verifier.db import Session
from verifier.errors import Invalid
from verifier.i18n import mark
from verifier.models import RegulationEdition, RegulationRules
from verifier.operations.chain import enchain
from verifier.operations.facts_files import assign
from verifier.operations.journal import Doer, note
from verifier.queries.catalogue import rules_in_force
from verifier.queries.facts import stored_editions, stored_kinds
from verifier.rules.regulation import Regulation, read_regulation


class RegulationForUnknownKind(Invalid):
    message = mark("{source}: there is no kind of instrument {kind} in the catalogue.")


@dataclass(frozen=True)
class LoadedRegulation:
    code: str
    # False: the same rules stand already.
    is_new: bool
    items: int
    kinds: tuple[str, ...]


def import_regulation(session: Session, content: bytes, filename: str, *, who: Doer) -> LoadedRegulation:
    """Take in an office's own file; what was judged before keeps the rules it was judged by.

    Raises RegulationWrong, which names file, place and field, or RegulationForUnknownKind.
    """
    document = regulation_files.read_file(content, filename)
    regulation = read_regulation(document, source=filename)
    kinds = {key: kind.id for key, kind in stored_kinds(session).items()}
    for key in regulation.kinds:
        if key not in kinds:
            raise RegulationForUnknownKind(source=filename, kind=key)
    is_new = _store_rules(session, regulation, document, at=who.now)
    changed = _store_editions(session, regulation, kinds, overrules=True)
    session.flush()
    if is_new or changed:
        facts = {"code": regulation.code, "digest": regulation_files.digest(document)}
        rules = rules_in_force(session, regulation.code)
        note(session, who, "import_regulation", "regulation_rules", rules.id if rules else 0, **facts)
    return LoadedRegulation(regulation.code, is_new, len(regulation.items), regulation.kinds)


def load_shipped_regulations(session: Session, kinds: Mapping[str, int], *, at: datetime) -> dict[str, int]:
    """The files of this release; editions that stand already keep their days, as their table says."""
    changes = {"rules": 0, "editions_of_rules": 0}
    for name, document in regulation_files.shipped():
        regulation = read_regulation(document, source=name)
        changes["rules"] += _store_rules(session, regulation, document, at=at)
        changes["editions_of_rules"] += _store_editions(session, regulation, kinds, overrules=False)
    return changes


def _store_rules(session: Session, regulation: Regulation, document: dict[str, Any], *, at: datetime) -> bool:
    """Add the rules unless they are the newest of their code already."""
    digest = regulation_files.digest(document)
    newest = rules_in_force(session, regulation.code)
    if newest is not None and newest.digest == digest:
        return False
    rules = RegulationRules(code=regulation.code, digest=digest, document=document, loaded_at=at)
    session.add(rules)
    enchain(session, rules)
    return True


def _store_editions(
    session: Session, regulation: Regulation, kinds: Mapping[str, int], *, overrules: bool
) -> int:
    stored = stored_editions(session)
    columns = {
        "effective_from": regulation.effective_from,
        "effective_to": regulation.effective_to,
        "confidence": regulation.confidence.value,
    }
    changed = 0
    for key in regulation.kinds:
        edition = stored.get((kinds[key], regulation.code))
        if edition is None:
            session.add(RegulationEdition(kind_id=kinds[key], code=regulation.code, **columns))
            changed += 1
        elif overrules:
            changed += assign(edition, columns)
    return changed
