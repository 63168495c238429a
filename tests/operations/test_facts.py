"""What ships is what is stored, once, and only a newer release goes over it."""

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.factories import district, kind
from verifier.db import Session
from verifier.models import (
    Body,
    District,
    DistrictSuccessor,
    InstrumentKind,
    JournalEntry,
    KindAlias,
    RegulationEdition,
)
from verifier.operations import facts_files
from verifier.operations.districts import import_districts
from verifier.operations.facts import form, load_facts, mandate
from verifier.operations.facts_files import SHIPPED
from verifier.operations.journal import Doer
from verifier.rules.entitlement import Mandate, VerificationForm


def rows(name: str) -> list[dict[str, str]]:
    with (SHIPPED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load(session: Session, who: Doer) -> None:
    load_facts(session, who=who, office_name="太仓市计量测试所")


def loads(session: Session) -> list[dict[str, object]]:
    """What the journal says of every load, without the digests."""
    entries = session.scalars(select(JournalEntry).where(JournalEntry.deed == "load_facts").order_by("id"))
    return [{k: v for k, v in entry.facts.items() if k != "digest"} for entry in entries]


FIRST = {
    "bodies": 1,
    "kinds": 98,
    "aliases": 34,
    "regulations": 100,
    "rules": 13,
    # Of the two that no JJG is behind.
    "editions_of_rules": 2,
    "districts": 256,
}


def test_every_row_that_ships_is_stored_and_noted_once(session: Session) -> None:
    counts = [
        session.scalar(select(func.count()).select_from(model))
        for model in (InstrumentKind, KindAlias, RegulationEdition, District, DistrictSuccessor, Body)
    ]

    assert counts == [98, 34, 102, 256, 29, 1]
    assert loads(session) == [FIRST]


def test_the_same_release_is_loaded_once_and_costs_two_questions_afterwards(
    session: Session, who: Doer, statements: list[str]
) -> None:
    session.scalar(select(func.count()).select_from(Body))
    statements.clear()

    load(session, who)

    assert len(statements) == 2
    assert loads(session) == [FIRST]
    assert not session.new
    assert not session.dirty


@pytest.fixture
def next_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the files that ship, to be changed."""
    release = tmp_path / "data"
    shutil.copytree(SHIPPED, release)
    monkeypatch.setattr(facts_files, "SHIPPED", release)
    return release


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_newer_release_changes_what_it_says_otherwise_and_nothing_else(
    session: Session, who: Doer, next_release: Path
) -> None:
    change(next_release / "aliases.csv", "焦度计,focimeter,", "焦度计,focimeter,镜片测度仪")
    change(next_release / "regulations.csv", "JJG 443-2023,,", "JJG 443-2023,2024-05-01,")
    change(next_release / "districts.csv", "太仓市,Taicang City,31.56", "太仓市,Taicang City,31.46")
    change(next_release / "catalogue.csv", "periodic,JJG 1097-2014,,12,", "periodic,JJG 1097-2014,,24,")

    load(session, who)
    load(session, who)

    edition = session.scalars(
        select(RegulationEdition).where(RegulationEdition.kind_id == kind(session, "fuel_dispenser").id)
    ).one()
    assert edition.effective_from == date(2024, 5, 1)
    assert district(session, "320585").lat == 31.46
    assert kind(session, "phoropter").interval_months == 24
    assert session.get_one(KindAlias, "焦度计").note == "镜片测度仪"
    one_each = {"bodies": 0, "kinds": 1, "aliases": 1, "regulations": 1, "districts": 1}
    one_each |= {"rules": 0, "editions_of_rules": 0}
    assert loads(session) == [FIRST, one_each]


def test_a_newer_release_that_says_the_same_is_not_noted(
    session: Session, who: Doer, next_release: Path
) -> None:
    with (next_release / "aliases.csv").open("a", encoding="utf-8") as file:
        file.write("\n\n")

    load(session, who)

    assert loads(session) == [FIRST]


def test_what_the_office_imported_over_it_stays(session: Session, who: Doer) -> None:
    better = "code,level,parent_code,name_zh,lat\n320585,county,320500,太仓市,31.458\n"
    import_districts(session, better.encode(), "own.csv", who=who)

    load(session, who)

    assert district(session, "320585").lat == 31.458


def test_a_new_installation_gets_the_office_as_its_own_once(session: Session, who: Doer) -> None:
    load(session, who)

    body = session.scalars(select(Body)).one()
    assert (body.code, body.name, body.district_id) == ("office", "太仓市计量测试所", None)
    assert loads(session) == [FIRST]


def test_a_body_that_is_there_already_keeps_its_name(session: Session, who: Doer) -> None:
    load_facts(session, who=who, office_name="另一个所")

    assert session.scalars(select(Body.name)).all() == ["太仓市计量测试所"]


@pytest.mark.parametrize(
    ("in_catalogue", "supervision", "expected"),
    [
        ("yes", "P+V", Mandate.MANDATORY),
        ("yes", "V", Mandate.MANDATORY),
        ("yes", "unknown (V or P+V)", Mandate.MANDATORY),
        ("yes", "P", Mandate.UNSURE),
        ("yes", "none", Mandate.UNSURE),
        ("yes", "unknown", Mandate.UNSURE),
        ("unsure", "V (1987 list); not seen as working instrument in 2020-42", Mandate.UNSURE),
        ("unsure", "P+V if used for trade settlement, else none", Mandate.UNSURE),
        ("no", "V until 2019; believed dropped", Mandate.VOLUNTARY),
        ("no", "none (never on 1987 or 2020 list)", Mandate.VOLUNTARY),
    ],
)
def test_a_kind_is_mandatory_only_where_the_catalogue_of_2020_says_verification(
    in_catalogue: str, supervision: str, expected: Mandate
) -> None:
    assert mandate(in_catalogue, supervision) is expected


def test_every_form_of_the_catalogue_is_understood() -> None:
    assert {row["verification_form"]: form(row["verification_form"]) for row in rows("catalogue.csv")} == {
        "periodic": VerificationForm.PERIODIC,
        "initial only, scrap when inaccurate (失准报废)": VerificationForm.INITIAL_ONLY,
        "initial only, limited life then replace (限期使用到期轮换)": VerificationForm.LIMITED_LIFE,
        "voluntary": VerificationForm.VOLUNTARY,
        "voluntary / free-service check": VerificationForm.VOLUNTARY,
        "none (not verified separately)": VerificationForm.NONE,
        "calibration": VerificationForm.NONE,
        "calibration only": VerificationForm.NONE,
        "unknown": VerificationForm.UNKNOWN,
    }


def test_a_limited_life_is_kept_as_the_interval_and_a_missing_one_stays_missing(session: Session) -> None:
    intervals = {
        key: (kind(session, key).form, kind(session, key).interval_months)
        for key in ("water_meter_dn25", "clin_therm_glass", "nawi_steelyard", "bp_mercury")
    }

    assert intervals == {
        "water_meter_dn25": (VerificationForm.LIMITED_LIFE, 72),
        "clin_therm_glass": (VerificationForm.INITIAL_ONLY, None),
        "nawi_steelyard": (VerificationForm.PERIODIC, None),
        "bp_mercury": (VerificationForm.PERIODIC, 6),
    }


def test_only_verification_regulations_with_an_edition_ship_and_of_kinds_that_ship() -> None:
    kinds = {row["row_key"]: row for row in rows("catalogue.csv")}
    editions = rows("regulations.csv")

    without = [key for key in kinds if key not in {row["kind"] for row in editions}]
    assert {kinds[key]["regulation"].partition(" ")[0] for key in without} == {"JJF", "JJG", "no", ""}
    assert [key for key in without if kinds[key]["regulation"].startswith("JJG")] == ["pd_meter"]
    assert [row for row in editions if not row["code"].startswith("JJG ")] == []
    assert [row for row in editions if row["kind"] not in kinds] == []
    assert {row["confidence"] for row in editions} == {"high", "medium", "low"}


def test_every_day_a_regulation_came_into_force_is_one_the_catalogue_names() -> None:
    named = {row["row_key"]: row["regulation_effective"].split(" / ") for row in rows("catalogue.csv")}

    made_up = [
        row
        for row in rows("regulations.csv")
        if row["effective_from"] and row["effective_from"] not in named[row["kind"]]
    ]
    assert made_up == []


def test_a_mere_year_means_its_first_and_its_last_day(session: Session) -> None:
    old, new = district(session, "320584"), district(session, "320509")

    assert (old.valid_from, old.valid_to) == (date(1992, 1, 1), date(2012, 12, 31))
    assert (new.valid_from, new.valid_to) == (date(2012, 1, 1), None)


def test_successors_are_stored_as_they_ship(session: Session) -> None:
    codes = {found.id: found.code for found in session.scalars(select(District))}
    stored: dict[str, set[str]] = {}
    for pair in session.scalars(select(DistrictSuccessor)):
        stored.setdefault(codes[pair.district_id], set()).add(codes[pair.successor_id])

    shipped = {
        row["code"]: set(filter(None, row["successor_codes"].split(";"))) for row in rows("districts.csv")
    }
    assert stored == {code: heirs for code, heirs in shipped.items() if heirs}


def test_the_province_stands_at_the_top_because_the_country_is_no_district(session: Session) -> None:
    at_top = session.scalars(select(District.code).where(District.parent_id.is_(None))).all()

    assert at_top == ["320000"]
