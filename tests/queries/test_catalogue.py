"""Kinds by their many names; what governs them and what they would cost on a day."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.factories import kind, make_tariff
from verifier.db import Session
from verifier.models import InstrumentKind, RegulationEdition
from verifier.queries.catalogue import (
    KindRef,
    KindUnknown,
    TariffInForce,
    folded,
    kind_by_id,
    kind_by_key,
    kind_keys,
    kinds,
    kinds_by_name,
    regulation_in_force,
    regulations,
    tariff_in_force,
    tariffs,
)
from verifier.rules.entitlement import Mandate, VerificationForm


def test_the_list_has_every_kind_in_the_order_of_the_catalogue(
    session: Session, statements: list[str]
) -> None:
    session.connection()
    statements.clear()

    rows = kinds(session)

    assert len(statements) == 1
    assert len(rows) == 98
    assert [row.key for row in rows[:3]] == ["clin_therm_glass", "clin_therm_electronic", "clin_therm_ir_ear"]
    assert kind_keys(session) == {row.key for row in rows}


def test_one_kind_says_what_is_known_and_how_surely(session: Session) -> None:
    row = kind_by_key(session, "bp_mercury")

    assert (row.category_zh, row.name_zh) == ("血压计(表)", "血压计(台式/立式水银)")
    assert (row.mandate, row.form, row.interval_months) == (Mandate.MANDATORY, VerificationForm.PERIODIC, 6)
    assert (row.confidence, row.supervision, row.scope_of_use) == ("high", "P+V", "medical")


def test_a_kind_nobody_knows_is_refused(session: Session) -> None:
    with pytest.raises(KindUnknown) as refused:
        kind_by_key(session, "sundial")
    with pytest.raises(KindUnknown):
        kind_by_id(session, 0)

    assert str(refused.value) == "There is no kind of instrument sundial."


def test_a_kind_is_found_by_its_number(session: Session) -> None:
    assert kind_by_id(session, kind(session, "bp_auto").id).key == "bp_auto"


@pytest.mark.parametrize(
    ("key", "on", "code"),
    [
        ("nawi_price_computing", date(2017, 5, 29), None),
        ("nawi_price_computing", date(2017, 5, 30), "JJG 539-2016"),
        ("nawi_price_computing", date(2027, 1, 7), "JJG 539-2016"),
        ("nawi_price_computing", date(2027, 1, 8), "JJG 1204-2025"),
        ("nawi_truck_scale", date(2026, 5, 1), "JJG 539-2016"),
        ("fuel_dispenser", date(2026, 5, 1), None),
        ("glucose_meter", date(2026, 5, 1), None),
    ],
)
def test_the_regulation_is_the_one_in_force_on_the_day_or_unknown(
    session: Session, key: str, on: date, code: str | None
) -> None:
    edition = regulation_in_force(session, kind(session, key).id, on=on)

    assert (edition.code if edition else None) == code


def test_of_two_editions_in_force_the_newer_one_governs(session: Session) -> None:
    kind_id = kind(session, "bp_auto").id
    session.add(
        RegulationEdition(
            kind_id=kind_id, code="JJG 692-2024", effective_from=date(2025, 1, 1), confidence="low"
        )
    )
    session.flush()

    edition = regulation_in_force(session, kind_id, on=date(2026, 5, 1))

    assert edition is not None
    assert edition.code == "JJG 692-2024"


def test_regulations_are_listed_by_kind_and_day(session: Session, statements: list[str]) -> None:
    session.connection()
    statements.clear()

    rows = [
        row for row in regulations(session) if row.kind_key in ("nawi_price_computing", "nawi_truck_scale")
    ]

    assert len(statements) == 1
    assert [(row.code, row.effective_from, row.effective_to, row.confidence) for row in rows] == [
        ("JJG 539-2016", date(2017, 5, 30), date(2027, 1, 7), "high"),
        ("JJG 1204-2025", date(2027, 1, 8), None, "high"),
        ("JJG 1118-2015", None, None, "medium"),
        ("JJG 539-2016", date(2017, 5, 30), None, "high"),
    ]


def test_the_tariff_is_the_one_in_force_on_the_day_or_unknown(session: Session) -> None:
    old = make_tariff(session, "bp_auto", 3000, since=date(2020, 1, 1))
    old.effective_to = date(2024, 12, 31)
    new = make_tariff(session, "bp_auto", 4000, since=date(2026, 1, 1))
    session.flush()
    days = [date(2019, 12, 31), date(2024, 12, 31), date(2025, 6, 1), date(2026, 1, 1)]

    found = [tariff_in_force(session, old.kind_id, on=on) for on in days]

    assert found == [None, TariffInForce(old.id, 3000), None, TariffInForce(new.id, 4000)]


@pytest.mark.parametrize("count", [1, 3])
def test_tariffs_are_listed_with_one_question_however_many(
    session: Session, statements: list[str], count: int
) -> None:
    for year in range(2020 + count, 2020, -1):
        make_tariff(session, "bp_auto", year, since=date(year, 1, 1))
    statements.clear()

    rows = tariffs(session)

    assert len(statements) == 1
    assert [(row.kind_key, row.kind_name_en, row.fee_fen, row.document) for row in rows] == [
        ("bp_auto", "non-invasive automated sphygmomanometer", year, "样本")
        for year in range(2021, 2021 + count)
    ]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("bp_auto", "bp_auto"),
        ("BP_Auto", "bp_auto"),
        ("电子血压计", "bp_auto"),
        ("无创自动测量血压计（电子血压计）", "bp_auto"),
        ("Mercury  Sphygmomanometer", "bp_mercury"),
        ("水银血压计", "bp_mercury"),
        ("血压计", "bp_mercury"),
        ("血压表", "bp_aneroid"),
        ("电子台秤", "nawi_digital"),
        ("电子平台秤", "nawi_digital"),
        ("数字指示秤", "nawi_digital"),
        ("地中衡", "nawi_nonself_bench_platform"),
        ("皮带秤", "awi_belt"),
        ("婴儿秤", "nawi_personal_scale"),
        ("增砣", "weights"),
        ("输液泵", "infusion_pump"),
        ("动态心电图机", "ecg_holter"),
        ("Electronic balance", "balance_electronic"),
        ("加油机", "fuel_dispenser"),
        ("血糖仪", "glucose_meter"),
    ],
)
def test_a_register_may_call_a_kind_by_any_of_its_names(session: Session, name: str, key: str) -> None:
    assert kinds_by_name(session)[folded(name)].key == key


@pytest.mark.parametrize(
    "name",
    ["", "体温计", "血压计(表)", "医用辐射源", "弹性式", "台式", "医用", "x", "1级", "贸易结算用", "可移动"],
)
def test_a_name_of_several_kinds_or_of_none_means_nothing(session: Session, name: str) -> None:
    assert folded(name) not in kinds_by_name(session)


def test_an_alias_brings_its_warning_along(session: Session) -> None:
    names = kinds_by_name(session)
    glucose = kind(session, "glucose_meter")

    assert names["血糖仪"] == KindRef(
        glucose.id,
        "glucose_meter",
        "便携式血糖分析仪",
        "portable blood glucose meter",
        "not mandatory: voluntary programmes only",
    )
    assert names["血糖分析仪"].note == ""


def test_every_kind_is_found_by_its_key_and_its_names(session: Session) -> None:
    names = kinds_by_name(session)

    unlike = [
        row
        for row in kinds(session)
        if {names[folded(name)].id for name in (row.key, row.name_zh, row.name_en)} != {row.id}
    ]
    assert unlike == []


def test_all_names_are_two_questions(session: Session, statements: list[str]) -> None:
    session.scalars(select(InstrumentKind.id)).all()
    statements.clear()

    kinds_by_name(session)

    assert len(statements) == 2
