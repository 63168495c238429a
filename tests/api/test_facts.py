"""Districts, catalogue, regulations and tariffs through the API, page by page."""

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import Ask
from verifier.rules.access import Role

TARIFFS = "kind,fee_yuan,effective_from,effective_to,document\nbp_auto,40,2020-01-01,,苏价费〔2020〕1号\n"
DISTRICTS = "code,level,parent_code,name_zh\n320585999,township,320585,新镇\n320585998,township,999999,远镇\n"


def walk(client: TestClient, path: str, **filters: str) -> list[str]:
    """Every item's id, three to a page."""
    found: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = client.get(path, params={**filters, "limit": 3, **after}).json()
        assert 0 < len(page["items"]) <= 3
        found += [item["id"] for item in page["items"]]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


@pytest.mark.parametrize("path", ["districts", "catalogue", "regulations", "journal"])
def test_pages_lead_through_the_whole_list_once(admin: TestClient, path: str) -> None:
    whole = admin.get(f"/api/v1/{path}", params={"limit": 500}).json()

    assert whole["next"] is None
    assert walk(admin, f"/api/v1/{path}") == [item["id"] for item in whole["items"]]


def test_the_journal_begins_with_the_newest(admin: TestClient) -> None:
    for name in ("a", "b", "c", "d", "e"):
        admin.post("/api/v1/technicians", json={"name": name})
    numbers = walk(admin, "/api/v1/journal", deed="add_technician")

    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == 5


@pytest.mark.parametrize("path", ["districts", "catalogue", "accounts"])
@pytest.mark.parametrize("after", ["x", "Zm9v", "WyJhIiwiYiJd", "W10", "W251bGxd", "é", "W3siYSI6MX1d"])
def test_a_page_nobody_gave_is_refused(admin: TestClient, path: str, after: str) -> None:
    answer = admin.get(f"/api/v1/{path}", params={"after": after})

    assert (answer.status_code, answer.json()["code"]) == (422, "AfterUnknown")


@pytest.mark.parametrize("limit", ["0", "501", "-1", "x", "1.5"])
def test_a_page_has_from_1_to_500_rows(admin: TestClient, limit: str) -> None:
    answer = admin.get("/api/v1/catalogue", params={"limit": limit})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "limit")


def test_without_a_limit_a_page_has_fifty_rows(admin: TestClient) -> None:
    assert len(admin.get("/api/v1/districts").json()["items"]) == 50


def test_districts_are_found_by_parent_name_code_level_and_day(admin: TestClient) -> None:
    def codes(**filters: str) -> list[str]:
        return [item["code"] for item in admin.get("/api/v1/districts", params=filters).json()["items"]]

    assert "320585103" in codes(parent="320585")
    assert codes(parent="320585", q="浮桥") == ["320585103"]
    assert codes(q="fuqiao", parent="320585") == ["320585103"]
    assert codes(q="320585103") == ["320585103"]
    assert set(codes(q="3205", level="county")) == set(codes(parent="320500", level="county"))
    assert "320586" in codes(parent="320500", on="2000-01-01")
    assert "320586" not in codes(parent="320500")
    assert codes(q="%") == []
    assert admin.get("/api/v1/districts", params={"parent": "999999"}).status_code == 404


def test_one_district_and_one_kind_are_shown(admin: TestClient) -> None:
    assert admin.get("/api/v1/districts/320585").json()["name_zh"] == "太仓市"
    assert admin.get("/api/v1/catalogue/bp_auto").json()["key"] == "bp_auto"
    assert admin.get("/api/v1/districts/1").json()["code"] == "DistrictUnknown"
    assert admin.get("/api/v1/catalogue/sundial").json()["code"] == "KindUnknown"


def test_tariffs_are_imported_whole_or_not_at_all(admin: TestClient) -> None:
    assert admin.get("/api/v1/tariffs").json() == {"items": [], "next": None}

    wrong = admin.post("/api/v1/tariffs", files={"file": ("t.csv", TARIFFS + "sundial,free,,,\n")})
    first = admin.post("/api/v1/tariffs", files={"file": ("t.csv", TARIFFS)})
    again = admin.post("/api/v1/tariffs", files={"file": ("t.csv", TARIFFS)})

    assert wrong.status_code == 422
    assert first.json() == {"created": 1, "closed": 0, "unchanged": 0}
    assert again.json() == {"created": 0, "closed": 0, "unchanged": 1}
    assert [row["fee_fen"] for row in admin.get("/api/v1/tariffs").json()["items"]] == [4000]


def test_districts_are_imported_with_what_is_not_known_yet(admin: TestClient) -> None:
    answer = admin.post("/api/v1/districts", files={"file": ("d.csv", DISTRICTS)})

    assert answer.status_code == 200
    assert (answer.json()["created"], len(answer.json()["warnings"])) == (2, 1)
    assert "999999" in answer.json()["warnings"][0]
    assert admin.get("/api/v1/districts", params={"q": "320585999"}).json()["items"][0]["name_zh"] == "新镇"


def test_a_file_that_is_missing_is_asked_for(admin: TestClient) -> None:
    assert admin.post("/api/v1/tariffs").json()["errors"] == [{"field": "file", "message": "This is needed."}]


def test_a_list_costs_the_same_for_one_row_and_for_many(ask_as: Ask, statements: list[str]) -> None:
    client = ask_as(Role.TECHNICIAN)
    cost = []
    for limit in (1, 500):
        statements.clear()
        client.get("/api/v1/districts", params={"limit": limit})
        cost.append(len(statements))

    assert cost == [2, 2]
