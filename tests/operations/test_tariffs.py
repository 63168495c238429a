"""A tariff is what the office's document says, to the fen, and what was in force stays so."""

from datetime import date

import pytest
from sqlalchemy import select

from verifier.db import Session
from verifier.errors import Invalid
from verifier.models import JournalEntry
from verifier.operations.facts_files import ColumnMissing, NotADate, SeveralFaults
from verifier.operations.journal import Doer
from verifier.operations.tariffs import (
    DocumentTooLong,
    ImportedTariffs,
    NotAFee,
    TariffDiffers,
    TariffEndsBeforeItBegins,
    TariffKindUnknown,
    TariffListedTwice,
    TariffsOverlap,
    TariffStartMissing,
    import_tariffs,
)
from verifier.queries.catalogue import tariffs

HEAD = "kind,fee_yuan,effective_from,effective_to,document\n"
FIRST = HEAD + "bp_auto,40,2020-01-01,,苏价〔2020〕1号\n"


def load(session: Session, text: str, who: Doer, encoding: str = "utf-8") -> ImportedTariffs:
    return import_tariffs(session, text.encode(encoding), "收费.csv", who=who)


def stored(session: Session) -> list[tuple[str, int, str, str]]:
    """Every tariff: kind, fen, first and last day."""
    return [
        (row.kind_key, row.fee_fen, str(row.effective_from), str(row.effective_to or ""))
        for row in tariffs(session)
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_tariff_is_stored_as_it_is_written(session: Session, who: Doer, encoding: str) -> None:
    imported = load(session, FIRST, who, encoding)

    assert imported == ImportedTariffs(created=1, closed=0, unchanged=0)
    (row,) = tariffs(session)
    assert (row.kind_key, row.fee_fen, row.effective_from, row.effective_to, row.document) == (
        "bp_auto",
        4000,
        date(2020, 1, 1),
        None,
        "苏价〔2020〕1号",
    )


@pytest.mark.parametrize(
    ("yuan", "fen"),
    [("0", 0), ("0.01", 1), ("1.1", 110), ("0.29", 29), ("40.50", 4050), ("9999999.99", 999_999_999)],
)
def test_yuan_become_fen_exactly(session: Session, who: Doer, yuan: str, fen: int) -> None:
    load(session, HEAD + f"bp_auto,{yuan},2020-01-01,,\n", who)

    assert stored(session) == [("bp_auto", fen, "2020-01-01", "")]


def test_an_import_is_noted_once_and_the_same_file_again_changes_nothing(session: Session, who: Doer) -> None:
    load(session, FIRST, who)
    again = load(session, FIRST, who)

    assert again == ImportedTariffs(created=0, closed=0, unchanged=1)
    entries = session.scalars(select(JournalEntry).where(JournalEntry.deed == "import_tariffs")).all()
    assert [(entry.who, entry.facts) for entry in entries] == [
        ("office", {"file": "收费.csv", "created": 1, "closed": 0})
    ]


def test_a_new_tariff_ends_the_one_before_it_the_day_before(session: Session, who: Doer) -> None:
    load(session, FIRST, who)
    imported = load(session, HEAD + "bp_auto,45,2026-07-01,,新\nbp_mercury,30,2026-07-01,,新\n", who)

    assert imported == ImportedTariffs(created=2, closed=1, unchanged=0)
    assert stored(session) == [
        ("bp_auto", 4000, "2020-01-01", "2026-06-30"),
        ("bp_auto", 4500, "2026-07-01", ""),
        ("bp_mercury", 3000, "2026-07-01", ""),
    ]


def test_the_old_file_again_does_not_open_what_the_new_one_ended(session: Session, who: Doer) -> None:
    load(session, FIRST, who)
    load(session, HEAD + "bp_auto,45,2026-07-01,,新\n", who)
    again = load(session, FIRST, who)

    assert again == ImportedTariffs(created=0, closed=0, unchanged=1)
    assert [row[2:] for row in stored(session)] == [("2020-01-01", "2026-06-30"), ("2026-07-01", "")]


def test_a_whole_history_may_stand_in_one_file_in_any_order(session: Session, who: Doer) -> None:
    history = (
        HEAD + "bp_auto,45,2026,,新\nbp_auto,30,2010-01-01,2012,旧\nbp_auto,40,2015-05-01,,苏价〔2015〕1号\n"
    )
    imported = load(session, history, who)

    assert imported == ImportedTariffs(created=3, closed=0, unchanged=0)
    assert [row[1:] for row in stored(session)] == [
        (3000, "2010-01-01", "2012-12-31"),
        (4000, "2015-05-01", "2025-12-31"),
        (4500, "2026-01-01", ""),
    ]


def test_an_older_tariff_found_later_ends_where_the_known_one_begins(session: Session, who: Doer) -> None:
    load(session, FIRST, who)
    load(session, HEAD + "bp_auto,30,2010-01-01,,旧\n", who)

    assert [row[1:] for row in stored(session)] == [
        (3000, "2010-01-01", "2019-12-31"),
        (4000, "2020-01-01", ""),
    ]


def test_the_last_day_of_a_known_tariff_may_be_added(session: Session, who: Doer) -> None:
    load(session, FIRST, who)
    imported = load(session, FIRST.replace("2020-01-01,,", "2020-01-01,2026-12-31,"), who)

    assert imported == ImportedTariffs(created=0, closed=1, unchanged=0)
    assert [row[2:] for row in stored(session)] == [("2020-01-01", "2026-12-31")]


@pytest.mark.parametrize(
    ("line", "refusal", "field", "value"),
    [
        ("血压计,40,2020-01-01,,", TariffKindUnknown, "kind", "血压计"),
        ("bp_auto,40.001,2020-01-01,,", NotAFee, "fee_yuan", "40.001"),
        ("bp_auto,-40,2020-01-01,,", NotAFee, "fee_yuan", "-40"),
        ("bp_auto,nan,2020-01-01,,", NotAFee, "fee_yuan", "nan"),
        ("bp_auto,1e9,2020-01-01,,", NotAFee, "fee_yuan", "1e9"),
        ("bp_auto,10000000,2020-01-01,,", NotAFee, "fee_yuan", "10000000"),
        ('bp_auto,"1,200",2020-01-01,,', NotAFee, "fee_yuan", "1,200"),
        ("bp_auto,４０,2020-01-01,,", NotAFee, "fee_yuan", "４０"),
        ("bp_auto,,2020-01-01,,", NotAFee, "fee_yuan", ""),
        ("bp_auto,40,,,", TariffStartMissing, "effective_from", ""),
        ("bp_auto,40,01/02/2020,,", NotADate, "effective_from", "01/02/2020"),
        ("bp_auto,40,2020-01-01,2019-12-31,", TariffEndsBeforeItBegins, "effective_to", "2019-12-31"),
        (f"bp_auto,40,2020-01-01,,{'文' * 201}", DocumentTooLong, "document", "文" * 60),
    ],
)
def test_what_cannot_be_is_refused_with_file_line_and_field(
    session: Session, who: Doer, line: str, refusal: type[Invalid], field: str, value: str
) -> None:
    with pytest.raises(Invalid) as refused:
        load(session, f"{HEAD}{line}\n", who)

    assert type(refused.value) is refusal
    said = {name: refused.value.facts[name] for name in ("file", "line", "field", "value")}
    assert said == {"file": "收费.csv", "line": 2, "field": field, "value": value}
    assert str(refused.value).startswith(f"收费.csv, line 2, {field}: ")
    assert stored(session) == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ("bp_auto,41,2020-01-01,,苏价〔2020〕1号", "fee_yuan"),
        ("bp_auto,40,2020-01-01,,苏价〔2020〕2号", "document"),
    ],
)
def test_a_tariff_that_was_in_force_is_not_rewritten(
    session: Session, who: Doer, changed: str, field: str
) -> None:
    load(session, FIRST, who)
    with pytest.raises(TariffDiffers) as refused:
        load(session, f"{HEAD}{changed}\n", who)

    assert (refused.value.facts["line"], refused.value.facts["field"]) == (2, field)
    assert stored(session) == [("bp_auto", 4000, "2020-01-01", "")]


@pytest.mark.parametrize("ends_on", ["", "2025-06-30"])
def test_a_last_day_that_was_said_is_not_taken_back(session: Session, who: Doer, ends_on: str) -> None:
    load(session, HEAD + "bp_auto,40,2020-01-01,2025-12-31,\n", who)
    with pytest.raises(TariffDiffers) as refused:
        load(session, HEAD + f"bp_auto,40,2020-01-01,{ends_on},\n", who)

    assert refused.value.facts["field"] == "effective_to"


def test_one_day_has_one_tariff_in_a_file(session: Session, who: Doer) -> None:
    with pytest.raises(TariffListedTwice) as refused:
        load(session, FIRST + "bp_auto,50,2020-01-01,,\n", who)

    assert str(refused.value) == (
        "收费.csv, line 3, effective_from: line 2 has a tariff of this kind from 2020-01-01 already."
    )


def test_tariffs_of_one_kind_do_not_overlap(session: Session, who: Doer) -> None:
    load(session, HEAD + "bp_auto,40,2020-01-01,2026-12-31,\n", who)
    with pytest.raises(TariffsOverlap) as later:
        load(session, HEAD + "bp_auto,50,2026-12-31,,\n", who)
    with pytest.raises(TariffsOverlap) as earlier:
        load(session, HEAD + "bp_auto,30,2019-01-01,2020-01-01,\n", who)

    assert str(later.value) == (
        "收费.csv, line 2, effective_from: a tariff of this kind is in force from 2020-01-01 to 2026-12-31, "
        "which overlaps one from 2026-12-31."
    )
    assert (earlier.value.facts["line"], earlier.value.facts["field"]) == (2, "effective_to")
    assert stored(session) == [("bp_auto", 4000, "2020-01-01", "2026-12-31")]


def test_tariffs_of_two_kinds_have_nothing_to_do_with_each_other(session: Session, who: Doer) -> None:
    load(session, HEAD + "bp_auto,40,2020-01-01,2026-12-31,\nbp_mercury,30,2026-01-01,,\n", who)

    assert [row[0] for row in stored(session)] == ["bp_auto", "bp_mercury"]


def test_everything_wrong_with_a_file_is_said_at_once_and_nothing_is_stored(
    session: Session, who: Doer
) -> None:
    with pytest.raises(SeveralFaults) as refused:
        load(session, FIRST + "scale,40,2020-01-01,,\nbp_mercury,free,2020-01-01,,\n", who)

    assert [(fault.code, fault.facts["line"], fault.facts["field"]) for fault in refused.value.faults] == [
        ("TariffKindUnknown", 3, "kind"),
        ("NotAFee", 4, "fee_yuan"),
    ]
    assert stored(session) == []


def test_a_missing_column_is_named(session: Session, who: Doer) -> None:
    with pytest.raises(ColumnMissing) as refused:
        load(session, "kind,fee,effective_from\n", who)

    assert refused.value.facts == {"file": "收费.csv", "line": 1, "field": "fee_yuan"}


@pytest.mark.parametrize("count", [1, 3])
def test_an_import_asks_as_often_however_many_tariffs_there_are(
    session: Session, who: Doer, statements: list[str], count: int
) -> None:
    session.connection()
    statements.clear()

    load(session, HEAD + "".join(f"bp_auto,4{year},20{year},,\n" for year in range(20, 20 + count)), who)

    # Two questions; then the tariffs and the journal.
    assert len(statements) == 4
