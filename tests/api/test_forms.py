"""A form makes the same command as JSON does, or comes back with what was typed."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

import pytest
from annotated_types import Len
from starlette.datastructures import FormData

from api.forms import WHOLE, bind, carry_out
from verifier import db
from verifier.errors import Conflict, NotAllowed
from verifier.operations.journal import Doer, note
from verifier.queries.journal import JournalFilter, journal
from verifier.queries.paging import Paging


@dataclass(frozen=True, kw_only=True)
class Visit:
    holder_id: int
    on: date
    remark: Annotated[str, Len(max_length=5)] = "-"
    kinds: list[str] = field(default_factory=list)
    is_urgent: bool = False


class Closed(Conflict):
    message = "Closed."


class Forbidden(NotAllowed):
    message = "Forbidden."


def test_what_was_typed_becomes_the_command() -> None:
    typed = FormData([("on", "2026-05-01"), ("remark", ""), ("kinds", "a"), ("kinds", ""), ("kinds", "b")])
    form = bind(Visit, typed, "en", {"holder_id": 7})

    assert form.command == Visit(holder_id=7, on=date(2026, 5, 1), kinds=["a", "b"])
    assert (form.errors, form.status) == ({}, 200)


def test_a_ticked_box_is_true() -> None:
    form = bind(Visit, FormData([("holder_id", "7"), ("on", "2026-05-01"), ("is_urgent", "on")]), "en")

    assert form.command is not None
    assert form.command.is_urgent


def test_a_wrong_form_keeps_what_was_typed_and_says_why() -> None:
    form = bind(Visit, FormData([("on", "soon"), ("remark", "too long"), ("other", "x")]), "en")

    assert form.command is None
    assert form.status == 422
    assert form.values == {"on": "soon", "remark": "too long"}
    assert form.errors == {
        "holder_id": "This is needed.",
        "on": "This must be a day, written as 2026-05-31.",
        "remark": "This has more than 5 characters.",
    }


def test_a_refused_form_leaves_nothing_behind(sessions: db.Sessions, who: Doer) -> None:
    form = bind(Visit, FormData([("holder_id", "7"), ("on", "2026-05-01")]), "en")

    def deed(session: db.Session, _visit: Visit) -> None:
        note(session, who, "half", "visit", 1)
        session.flush()
        raise Closed

    assert carry_out(sessions, form, deed, "en") is None
    assert form.errors == {WHOLE: "Closed."}
    with db.reading(sessions) as session:
        assert journal(session, JournalFilter(deed="half"), Paging()).items == []


def test_what_is_forbidden_is_not_the_forms_fault(sessions: db.Sessions) -> None:
    form = bind(Visit, FormData([("holder_id", "7"), ("on", "2026-05-01")]), "en")

    def deed(_session: db.Session, _visit: Visit) -> None:
        raise Forbidden

    with pytest.raises(Forbidden):
        carry_out(sessions, form, deed, "en")


def test_a_wrong_form_does_nothing(sessions: db.Sessions) -> None:
    done: list[Visit] = []

    assert (
        carry_out(sessions, bind(Visit, FormData(), "en"), lambda _s, visit: done.append(visit), "en") is None
    )
    assert done == []
