import base64
import io

import openpyxl
import pytest

from tests.pages.reading import Page, opened
from verifier.rules.access import Role

ENGLISH = {"Accept-Language": "en"}
REGISTER = """使用单位,使用地点行政区划,器具名称,出厂编号
浮桥镇第一卫生室,浮桥镇,电子血压计,A1
浮桥镇第一卫生室,浮桥镇,电子血压计,A2
浮桥镇第一卫生室,浮桥镇,<b>时光机</b>,A3
"""


def sent(client, content=REGISTER, **said):
    return client.post(
        "/import", data={"district": "320585", **said}, files={"file": ("台账.csv", content)}, headers=ENGLISH
    )


def test_a_check_changes_nothing_and_says_what_would_stand(coordinator):
    page = Page(sent(coordinator, dry_run="true").text)
    assert page.values == ["3", "2", "2", "0", "1"]
    assert "This was a check; nothing was changed." in page.text
    assert opened(coordinator, "/instruments").rows == 0


def test_good_rows_stand_and_bad_ones_are_named(coordinator):
    answer = sent(coordinator)
    page = Page(answer.text)
    assert "2 instruments were taken in." in page.text
    assert "unknown_kind" in page.text
    assert "<b>" not in answer.text
    assert opened(coordinator, "/instruments").rows == 2
    assert Page(sent(coordinator).text).values == ["0", "3", "2", "0", "2", "1"]


def test_the_refused_rows_come_back_as_a_workbook(coordinator):
    page = Page(sent(coordinator).text)
    (address,) = [address for address, said in page.links if said == "Refused rows as a workbook"]
    content = base64.b64decode(address.partition("base64,")[2])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert [cell.value for cell in sheet[2]][:4] == ["浮桥镇第一卫生室", "浮桥镇", "<b>时光机</b>", "A3"]


def test_a_file_that_is_no_register_is_refused_on_the_form(coordinator):
    answer = sent(coordinator, content="今天天气很好\n")
    assert answer.status_code == 422
    assert Page(answer.text).fields["district"] == "320585"


def test_a_form_without_a_file_says_so(coordinator):
    answer = coordinator.post("/import", data={"district": "320585"}, headers=ENGLISH)
    assert answer.status_code == 422
    assert "Choose the file first." in answer.text


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.TECHNICIAN])
def test_only_who_keeps_the_register_imports(ask_as, role):
    other = ask_as(role, **({"district": "320585"} if role is Role.OFFICIAL else {}))
    assert other.get("/import").status_code == 403
    assert sent(other).status_code == 403
