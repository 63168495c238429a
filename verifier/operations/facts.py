"""Loading what ships: kinds of instrument, their names and regulations, districts, the office's body."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from verifier.db import Session
from verifier.models import Body, InstrumentKind, KindAlias, Model, RegulationEdition
from verifier.operations.district_lines import read_districts
from verifier.operations.districts import store_districts
from verifier.operations.facts_files import (
    Line,
    add,
    assign,
    digest,
    first_day,
    last_day,
    lines,
    shipped,
)
from verifier.operations.journal import Doer, note
from verifier.operations.regulations import load_shipped_regulations
from verifier.queries.facts import (
    digest_last_loaded,
    has_bodies,
    stored_aliases,
    stored_editions,
    stored_kinds,
)
from verifier.rules.entitlement import Mandate, VerificationForm

Key = TypeVar("Key")
Columns = Mapping[str, object]

# P: type approval, V: verification.
_LETTER_V = re.compile(r"\bV\b")
_FORMS = (
    ("periodic", VerificationForm.PERIODIC),
    ("initial only, scrap", VerificationForm.INITIAL_ONLY),
    ("initial only, limited life", VerificationForm.LIMITED_LIFE),
    ("voluntary", VerificationForm.VOLUNTARY),
    ("none", VerificationForm.NONE),
    ("calibration", VerificationForm.NONE),
)


def load_facts(session: Session, *, who: Doer, office_name: str) -> None:
    """Bring the stored facts to those of this release, and make the office's own body if there is none.

    A release is loaded once, so that what an office imports afterwards stays until the next release
    brings other facts. Nothing is ever deleted.
    """
    changes = {"bodies": 0} if has_bodies(session) else {"bodies": _make_body(session, office_name)}
    release = digest()
    if digest_last_loaded(session) != release:
        kinds = _load_kinds(session)
        changes |= kinds.changes | _load_districts(session)
        changes |= _load_aliases(session, kinds.ids) | _load_editions(session, kinds.ids)
        changes |= load_shipped_regulations(session, kinds.ids, at=who.now)
    if any(changes.values()):
        # 0: all tables of facts.
        note(session, who, "load_facts", "facts", 0, digest=release, **changes)
    session.flush()


def _make_body(session: Session, name: str) -> int:
    session.add(Body(code="office", name=name))
    return 1


@dataclass(frozen=True)
class _Kinds:
    ids: Mapping[str, int]
    changes: dict[str, int]


def _load_kinds(session: Session) -> _Kinds:
    rows = [(line["row_key"], _kind(line)) for line in _lines("catalogue.csv")]
    changed = _merge(session, InstrumentKind, stored_kinds(session), rows)
    return _Kinds({key: kind.id for key, kind in stored_kinds(session).items()}, {"kinds": changed})


def _load_aliases(session: Session, kinds: Mapping[str, int]) -> dict[str, int]:
    rows = [
        (line["alias"], {"alias": line["alias"], "kind_id": kinds[line["row_key"]], "note": line["note"]})
        for line in _lines("aliases.csv")
    ]
    return {"aliases": _merge(session, KindAlias, stored_aliases(session), rows)}


def _load_editions(session: Session, kinds: Mapping[str, int]) -> dict[str, int]:
    rows = [
        (
            (kinds[line["kind"]], line["code"]),
            {
                "kind_id": kinds[line["kind"]],
                "code": line["code"],
                "effective_from": first_day(line, "effective_from"),
                "effective_to": last_day(line, "effective_to"),
                "confidence": line["confidence"],
            },
        )
        for line in _lines("regulations.csv")
    ]
    return {"regulations": _merge(session, RegulationEdition, stored_editions(session), rows)}


def _load_districts(session: Session) -> dict[str, int]:
    loaded = store_districts(session, read_districts(shipped("districts.csv"), "districts.csv"))
    return {"districts": loaded.created + loaded.updated}


def _merge(
    session: Session,
    model: type[Model],
    stored: Mapping[Key, Model],
    rows: Sequence[tuple[Key, Columns]],
) -> int:
    """Create what is not stored yet and change what differs; how many rows that were."""
    new = [columns for key, columns in rows if key not in stored]
    add(session, model, new)
    return len(new) + sum(assign(stored[key], columns) for key, columns in rows if key in stored)


def _lines(name: str) -> list[Line]:
    return lines(shipped(name), name, needed=())


def _kind(line: Line) -> Columns:
    return {
        "key": line["row_key"],
        "catalogue_no": line["catalogue_no"],
        "category_zh": line["name_zh"],
        "category_en": line["name_en"],
        "name_zh": line["subkind_zh"],
        "name_en": line["subkind_en"],
        "scope_of_use": line["scope_of_use"],
        "supervision": line["supervision"],
        "mandate": mandate(line["in_catalogue_2020_42"], line["supervision"]),
        "form": form(line["verification_form"]),
        "interval_months": int(line["verification_cycle_months"] or 0) or None,
        "interval_note": line["cycle_note"],
        "confidence": line["confidence"],
        "confidence_note": line["confidence_note"],
    }


def mandate(in_catalogue: str, supervision: str) -> Mandate:
    """Mandatory only where the kind is known to be in the catalogue with the letter V."""
    if in_catalogue == "no":
        return Mandate.VOLUNTARY
    is_mandatory = in_catalogue == "yes" and _LETTER_V.search(supervision)
    return Mandate.MANDATORY if is_mandatory else Mandate.UNSURE


def form(written: str) -> VerificationForm:
    """The form of verification; what is only calibrated has none."""
    found = (form for beginning, form in _FORMS if written.startswith(beginning))
    return next(found, VerificationForm.UNKNOWN)
