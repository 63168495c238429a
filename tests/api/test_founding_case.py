import csv
import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from examples.founding_case import CODE, open_programme, record_passes

EXAMPLES = Path(__file__).parents[2] / "examples"
DAY = date(2026, 4, 20)


@pytest.fixture
def call(admin):
    def asked(method, path, body=None):
        answer = admin.request(method, f"/api/v1{path}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    return asked


def upload(client, path, file):
    with file.open("rb") as content:
        return client.post(f"/api/v1{path}", files={"file": (file.name, content)})


@pytest.fixture
def taicang(admin, call):
    """The register and the sample tariffs are in, the programme is open."""
    imported = upload(admin, "/instruments/import?district=320585", EXAMPLES / "taicang_register.xlsx").json()
    assert (imported["stand"], imported["created"], len(imported["refused"])) == (600, 600, 13)
    assert upload(admin, "/tariffs", EXAMPLES / "sample_tariffs.csv").json()["created"] == 4
    assert open_programme(call, DAY) == {"enrolled": 600, "already": 0, "ineligible": {}}


def figures(total):
    names = ("base", "verified", "completion_percent", "unit_completion_percent", "fee_waived_fen")
    return tuple(total[name] for name in names)


@pytest.mark.usefixtures("taicang")
def test_taicang_2009_is_complete_and_waives_15400_yuan_at_every_level(admin, call):
    assert record_passes(call, DAY, leave=1) == 599
    almost = call("GET", f"/programmes/{CODE}/completion?district=320585")["total"]
    assert (almost["verified"], almost["completion_percent"]) == (599, "99.8")
    assert almost["unit_completion_percent"] != "100.0"

    assert record_passes(call, DAY) == 1

    complete = (600, 600, "100.0", "100.0", 1_540_000)
    for district in ("320000", "320500", "320585"):
        report = call("GET", f"/programmes/{CODE}/completion?district={district}")
        assert figures(report["total"]) == complete
        assert sum(row["base"] for row in report["rows"]) == 600
        table = admin.get(f"/programmes/{CODE}/completion.csv?district={district}").text
        *_, total = csv.DictReader(io.StringIO(table.removeprefix("\ufeff")))
        assert (total["code"], total["completion_percent"], total["unit_completion_percent"]) == (
            "total",
            "100.0",
            "100.0",
        )
        assert total["fee_waived_yuan"] == "15400.00"
        page = admin.get(f"/programmes/{CODE}?district={district}").text
        assert (page.count('<data value="15400.00">') > 0, "99." in page) == (True, False)
    assert report["funders"] == [{"name": "太仓市财政", "share_percent": 100, "fee_waived_fen": 1_540_000}]


REGISTER_HEADER = [
    "使用单位",
    "单位类别",
    "所属市场",
    "摊位号",
    "使用地点行政区划",
    "器具名称",
    "型号规格",
    "测量范围",
    "出厂编号",
    "生产厂家",
    "器具用途",
]
WUQIA = """code,level,parent_code,name_zh,name_en
650000,province,100000,新疆维吾尔自治区,Xinjiang
653000,prefecture,650000,克孜勒苏柯尔克孜自治州,Kizilsu
653024,county,653000,乌恰县,Wuqia County
"""


def wuqia_register():
    """3 markets, 156 stalls, 167 scales: eleven stalls have a second one."""
    book = openpyxl.Workbook()
    book.active.append(REGISTER_HEADER)
    stalls = [(f"乌恰第{market}集贸市场", f"{stall:02d}") for market in range(1, 4) for stall in range(1, 53)]
    scales = stalls + stalls[:11]
    for number, (market, stall) in enumerate(scales):
        owner, serial = f"{market}{stall}号摊主", f"W{number:04d}"
        what = ["乌恰县", "电子计价秤", "ACS-30", "(0~30)kg", serial, "新疆某衡器厂", "贸易结算"]
        book.active.append([owner, "摊位", market, stall, *what])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_wuqia_with_3_markets_156_stalls_and_167_scales_waives_5760_yuan(admin, call):
    def send(path, name, content):
        answer = admin.post(f"/api/v1{path}", files={"file": (name, content)})
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert send("/districts", "wuqia.csv", WUQIA.encode())["created"] == 3
    imported = send("/instruments/import?district=653024", "wuqia.xlsx", wuqia_register())
    assert (imported["stand"], imported["refused"]) == (167, [])
    # 5 760.00 yuan of 167 scales is no single tariff: it changed in the year.
    tariffs = (
        "kind,fee_yuan,effective_from,effective_to,document\n"
        "nawi_price_computing,34,2026-01-01,2026-03-31,样本\n"
        "nawi_price_computing,36,2026-04-01,,样本\n"
    )
    send("/tariffs", "tariffs.csv", tariffs.encode())
    plan = {
        "code": "WUQIA",
        "name": "集贸市场衡器免费检定",
        "kind": "mandatory_free",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "district": "653024",
        "eligibility": {"holder_kinds": ["market", "stall"], "purposes": ["trade"], "max_capacity_kg": 500},
    }
    call("POST", "/programmes", plan)
    assert call("POST", "/programmes/WUQIA/enrolments", {"dry_run": True})["enrolled"] == 167
    assert call("POST", "/programmes/WUQIA/enrolments", {})["enrolled"] == 167
    call("POST", "/programmes/WUQIA/start")
    scales = call("GET", "/instruments?programme=WUQIA&limit=500")["items"]
    for at, scale in enumerate(scales):
        record = {
            "instrument_code": scale["code"],
            "programme": "WUQIA",
            "performed_on": "2026-03-20" if at < 126 else "2026-04-20",
            "outcome": "passed",
        }
        call("POST", "/verifications", record)

    for district in ("653024", "653000", "650000"):
        total = call("GET", f"/programmes/WUQIA/completion?district={district}")["total"]
        assert figures(total) == (167, 167, "100.0", "100.0", 576_000)
        assert (total["holders"], total["passed"], total["pass_percent"]) == (156, 167, "100.0")
    by_kind = call("GET", "/programmes/WUQIA/completion?by=holder-kind")["rows"]
    assert [(row["code"], row["base"]) for row in by_kind] == [("stall", 167)]
    assert len(call("GET", "/holders?kind=market&limit=500")["items"]) == 3
    assert len(call("GET", "/holders?kind=stall&limit=500")["items"]) == 156
