"""The tree of districts as it stood, stands and will stand."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.factories import district
from verifier.db import Session
from verifier.models import District, DistrictSuccessor
from verifier.operations.districts import import_districts
from verifier.operations.journal import Doer
from verifier.queries.districts import (
    DistrictUnknown,
    children,
    district_by_code,
    district_index,
    districts,
    edges,
    path,
    resolve_district,
    subtree,
)
from verifier.rules.district_names import Where

REPORT_2009 = date(2009, 12, 31)
MAY_2026 = date(2026, 5, 1)
SUZHOU_2009 = [f"3205{n:02}" for n in (2, 3, 4, 5, 6, 7, 81, 82, 83, 84, 85)]


def tree_of(session: Session, code: str, on: date) -> dict[str, str]:
    """Of every district in the tree: below which child of the root it lies."""
    tree, codes = (
        subtree(district(session, code).id, on),
        {d.id: d.code for d in session.scalars(select(District))},
    )
    return {codes[row.id]: codes[row.top_id] for row in session.execute(select(tree.c.id, tree.c.top_id))}


def parent_of(session: Session, code: str, on: date) -> str:
    tree = edges(on)
    above = select(tree.c.parent_id).where(tree.c.district_id == district(session, code).id)
    return session.scalars(select(District.code).where(District.id.in_(above))).one()


@pytest.mark.parametrize(
    ("on", "parent"),
    [
        (REPORT_2009, "320500"),
        (date(2012, 12, 31), "320500"),
        (date(2013, 1, 1), "320509"),
        (MAY_2026, "320509"),
    ],
)
def test_wujiang_city_lies_in_wujiang_district_from_2013_on(session: Session, on: date, parent: str) -> None:
    assert parent_of(session, "320584", on) == parent
    assert ("320584" in tree_of(session, "320509", on)) == (parent == "320509")
    assert tree_of(session, "320500", on)["320584"] == ("320509" if parent == "320509" else "320584")


def test_a_report_of_2009_shows_the_districts_of_2009(session: Session) -> None:
    shown = [row.code for row in children(session, district(session, "320500").id, on=REPORT_2009)]

    assert shown == SUZHOU_2009


def test_a_report_of_today_shows_the_districts_of_today_with_the_old_ones_inside(session: Session) -> None:
    shown = [row.code for row in children(session, district(session, "320500").id, on=MAY_2026)]
    inside = tree_of(session, "320500", MAY_2026)

    assert shown == [
        "320505",
        "320506",
        "320507",
        "320508",
        "320509",
        "320576",
        "320581",
        "320582",
        "320583",
        "320585",
    ]
    assert {code: inside[code] for code in ("320502", "320503", "320504", "320571", "320584", "320511")} == {
        "320502": "320508",
        "320503": "320508",
        "320504": "320508",
        "320571": "320576",
        "320584": "320509",
        "320511": "320505",
    }


def test_wuxian_which_was_split_stays_where_it_lay(session: Session) -> None:
    assert parent_of(session, "320586", MAY_2026) == "320500"
    assert tree_of(session, "320500", MAY_2026)["320586"] == "320586"
    assert "320586" not in tree_of(session, "320506", MAY_2026) | tree_of(session, "320507", MAY_2026)


def test_a_district_inherits_over_several_generations(session: Session, who: Doer) -> None:
    head = "code,level,parent_code,name_zh,valid_from,valid_to,successor_codes\n"
    line = "320509,county,320500,吴江区,2012,2029,320585\n"
    import_districts(session, (head + line).encode(), "2030.csv", who=who)

    assert parent_of(session, "320584", date(2030, 1, 1)) == "320509"
    assert tree_of(session, "320585", date(2030, 1, 1))["320584"] == "320509"
    assert tree_of(session, "320500", date(2030, 1, 1))["320584"] == "320585"


def test_the_root_lies_below_itself_and_a_town_below_its_county(session: Session) -> None:
    taicang = tree_of(session, "320585", MAY_2026)
    suzhou = tree_of(session, "320500", MAY_2026)

    assert taicang["320585"] == "320585"
    assert taicang["320585103"] == "320585103"
    assert (suzhou["320500"], suzhou["320585"], suzhou["320585103"]) == ("320500", "320585", "320585")


def test_every_district_is_in_the_province_once_on_any_day(session: Session) -> None:
    root = district(session, "320000").id
    for on in (date(1990, 1, 1), REPORT_2009, date(2013, 1, 1), MAY_2026):
        ids = session.scalars(select(subtree(root, on).c.id)).all()
        assert sorted(ids) == sorted(session.scalars(select(District.id)))


def test_wuqia_lies_in_its_prefecture_and_region(session: Session, who: Doer) -> None:
    lines = (
        "code,level,parent_code,name_zh\n653024,county,653000,乌恰县\n"
        "653000,prefecture,650000,克孜勒苏柯尔克孜自治州\n650000,province,100000,新疆维吾尔自治区\n"
    )
    import_districts(session, lines.encode(), "wuqia.csv", who=who)

    assert tree_of(session, "650000", MAY_2026) == {
        "650000": "650000",
        "653000": "653000",
        "653024": "653000",
    }
    wuqia = district_by_code(session, "653024")
    assert [row.code for row in path(session, wuqia.id, on=MAY_2026)] == ["650000", "653000", "653024"]
    assert [row.code for row in children(session, None, on=MAY_2026)] == ["320000", "650000"]


def test_districts_that_lie_in_each_other_do_not_hold_up_the_question(session: Session) -> None:
    suzhou, taicang = district(session, "320500"), district(session, "320585")
    suzhou.parent_id = taicang.id
    session.flush()

    tops = tree_of(session, "320585", MAY_2026)
    assert tops["320583"] == "320500"
    assert len(path(session, taicang.id, on=MAY_2026)) == 21


@pytest.mark.parametrize("root", ["320585103", "320585", "320000"])
def test_a_tree_is_one_statement_however_large(session: Session, statements: list[str], root: str) -> None:
    root_id = district(session, root).id
    statements.clear()

    session.execute(select(subtree(root_id, MAY_2026))).all()

    assert len(statements) == 1


def test_two_trees_fit_into_one_statement(session: Session) -> None:
    old = subtree(district(session, "320584").id, REPORT_2009)
    new = subtree(district(session, "320509").id, MAY_2026)
    statement = select(District.code).where(
        District.id.in_(select(old.c.id)), District.id.in_(select(new.c.id))
    )

    assert session.scalars(statement).all() == ["320584"]


def test_the_list_has_every_district_by_code(session: Session, statements: list[str]) -> None:
    session.connection()
    statements.clear()

    rows = districts(session)

    assert len(statements) == 1
    assert [row.code for row in rows] == sorted(session.scalars(select(District.code)))


def test_one_district_is_found_with_all_that_is_known_of_it(session: Session) -> None:
    row = district_by_code(session, "320584")

    assert (row.name_zh, row.name_en, row.level) == ("吴江市", "Wujiang City", "county")
    assert (row.valid_from, row.valid_to) == (date(1992, 1, 1), date(2012, 12, 31))
    assert (row.code_confidence, row.coord_confidence, row.source) == ("medium", "medium", "recalled")


def test_a_code_nobody_knows_is_refused(session: Session) -> None:
    with pytest.raises(DistrictUnknown) as refused:
        district_by_code(session, "999999")

    assert str(refused.value) == "There is no district 999999."


def test_the_path_goes_from_the_top_to_the_district_in_one_statement(
    session: Session, statements: list[str]
) -> None:
    wujiang = district(session, "320584").id
    statements.clear()

    then, now = path(session, wujiang, on=REPORT_2009), path(session, wujiang, on=MAY_2026)

    assert len(statements) == 2
    assert [row.code for row in then] == ["320000", "320500", "320584"]
    assert [row.code for row in now] == ["320000", "320500", "320509", "320584"]


def test_a_path_to_nowhere_is_refused(session: Session) -> None:
    with pytest.raises(DistrictUnknown):
        path(session, 0, on=MAY_2026)


@pytest.mark.parametrize("text", ["320585103", "浮桥镇", "太仓市浮桥镇", "江苏省苏州市太仓市浮桥镇"])
def test_a_register_may_name_a_town_as_it_likes(session: Session, text: str) -> None:
    found = resolve_district(session, text, district(session, "320585").id, on=MAY_2026)

    assert found.where is Where.INSIDE
    assert found.district is not None
    assert (found.district.code, found.district.id) == ("320585103", district(session, "320585103").id)


def test_thousands_of_names_are_looked_up_with_one_question(session: Session, statements: list[str]) -> None:
    rows = districts(session)
    taicang = district(session, "320585").id
    statements.clear()

    index = district_index(session, on=MAY_2026)
    inside = [row.code for row in rows if index.resolve(row.code, taicang).where is Where.INSIDE]
    by_name = [row.code for row in rows if index.resolve(row.name_zh, taicang).where is Where.INSIDE]

    assert len(statements) == 1
    assert inside == by_name == [row.code for row in rows if row.code.startswith("320585")]


def test_wujiang_city_is_inside_wujiang_district_only_from_2013_on(session: Session) -> None:
    root = district(session, "320509").id

    then = resolve_district(session, "吴江市", root, on=date(2012, 12, 31))
    now = resolve_district(session, "吴江市", root, on=date(2013, 1, 1))
    assert (then.where, now.where) == (Where.OUTSIDE, Where.INSIDE)


def test_no_successor_ever_makes_a_district_lie_in_itself(session: Session) -> None:
    pairs = session.scalars(select(DistrictSuccessor)).all()

    assert [pair for pair in pairs if pair.district_id == pair.successor_id] == []
