"""The calibration certificate against the published structure (dcc_schema.py), and what it says."""

import copy
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dcc_schema import DCC, SI, faults
from tests.results import BODY, HOLDER, INSTRUMENT, PAPER, WEIGHTS, measured, person, unmeasured
from tests.rules.perfect import (
    DIGITAL,
    REGULATIONS,
    SCALE,
    TWO_RANGES,
    perfect,
    reading,
    without,
)
from verifier.dcc.certificate import NoMeasuredValues, NoPaperYet, write_dcc
from verifier.dcc.elements import clean
from verifier.rules.certificates import CertificateState
from verifier.rules.papers import DocumentKind
from verifier.rules.readings import Finding3
from verifier.rules.results import Result
from verifier.rules.signing import Decision, SigningRole

NS = {"dcc": DCC, "si": SI}
TOO_MUCH = reading("indication_error", "10", "10.010", position="up")
BLOOD_PRESSURE = "JJG 692-2010"


def parsed(result: Result) -> Any:
    """An element; what a test looks for in it is there, or the test fails."""
    return ET.fromstring(write_dcc(result))  # noqa: S314  written here


def read(result: Result) -> Any:
    """The certificate read back, after the schema was asked."""
    root = parsed(result)
    assert faults(root) == []
    return root


def texts(root: Any, path: str) -> list[str | None]:
    return [found.text for found in root.iterfind(path, NS)]


def item(root: Any, name: str, part: int = -1) -> Any:
    """The result of one item, as left unless another part is asked for."""
    [found] = [
        one
        for one in root.findall(".//dcc:results", NS)[part]
        if one.findtext("dcc:name/dcc:content", namespaces=NS) == name
    ]
    return found


_FIGURES = {f"{{{SI}}}value", f"{{{SI}}}valueXMLList", f"{{{DCC}}}charsXMLList"}


def columns(result: Any, table: int = 0) -> dict[str, Any]:
    """What stands in each column of an item's table, by its English name; of two units the first."""
    listed = result.findall("dcc:data/dcc:list", NS)[table]
    return {
        quantity.findtext("dcc:name/dcc:content[@lang='en']", namespaces=NS): next(
            found.text for found in quantity.iter() if found.tag in _FIGURES
        )
        for quantity in listed.findall("dcc:quantity", NS)
    }


def rule(key: str) -> str:
    [found] = [one.reference for one in DIGITAL.items if one.key == key]
    return found


def spoiled(result: Result, key: str, **facts: Any) -> Result:
    """The same with other facts at every point of one item."""
    assert result.judgement is not None
    judged = copy.deepcopy(result.judgement.as_left)
    [table] = [one for one in judged["items"] if one["key"] == key]
    for point in table["points"]:
        point.update(facts)
    return replace(result, judgement=replace(result.judgement, as_left=judged))


@pytest.mark.parametrize("code", REGULATIONS)
def test_every_shipped_regulation_ends_in_a_certificate_the_schema_takes(code):
    root = read(measured(code))
    assert texts(root, ".//dcc:usedMethod/dcc:norm") == [code]
    assert texts(root, ".//dcc:statement/dcc:conformity") == ["pass"]


def test_the_certificate_says_whose_it_is_and_who_stands_for_it():
    root = read(measured())
    where = root.get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation")
    assert where == "https://ptb.de/dcc https://ptb.de/dcc/v3.3.0/dcc.xsd"
    core = root.find("dcc:administrativeData/dcc:coreData", NS)
    assert [(one.tag.partition("}")[2], one.text) for one in core if not len(one)] == [
        ("countryCodeISO3166_1", "CN"),
        ("usedLangCodeISO639_1", "zh"),
        ("usedLangCodeISO639_1", "en"),
        ("mandatoryLangCodeISO639_1", "zh"),
        ("uniqueIdentifier", PAPER.number),
        ("beginPerformanceDate", "2026-04-20"),
        ("endPerformanceDate", "2026-04-20"),
        ("performanceLocation", "other"),
        ("issueDate", "2026-04-22"),
    ]
    assert texts(root, ".//dcc:coreData//dcc:value") == ["12"]
    assert texts(root, ".//dcc:dccSoftware//dcc:content") == ["Verifier"]
    assert texts(root, ".//dcc:item/dcc:name/dcc:content") == ["数字指示秤", "Digital indicating scale"]
    assert texts(root, ".//dcc:item/dcc:manufacturer//dcc:content") == [INSTRUMENT.manufacturer]
    assert texts(root, ".//dcc:item/dcc:model") == ["ACS-15"]
    assert texts(root, ".//dcc:item//dcc:identification/dcc:value") == ["A 0001", INSTRUMENT.code]
    laboratory = root.find(".//dcc:calibrationLaboratory", NS)
    assert [one.text for one in laboratory.iter() if one.text] == [
        BODY.authorisation_no,
        BODY.name,
        BODY.email,
        BODY.phone,
        "CN",
        BODY.postcode,
        BODY.address,
    ]
    assert [one.text for one in root.find(".//dcc:customer", NS).iter() if one.text] == [
        "浮桥镇农贸市场 李四",
        "CN",
        "浮桥镇1号 A12",
    ]


def test_the_last_who_signed_is_the_main_signer_and_who_returned_it_is_none():
    people = [
        person(SigningRole.VERIFIER, "周检定"),
        person(SigningRole.CHECKER, "沈核验"),
        person(SigningRole.APPROVER, "陆批准", Decision.RETURNED),
    ]
    root = read(measured(people=people))
    assert texts(root, ".//dcc:respPerson//dcc:content") == ["周检定", "沈核验"]
    assert texts(root, ".//dcc:respPerson/dcc:role") == ["verifier", "checker"]
    assert texts(root, ".//dcc:respPerson/dcc:mainSigner") == ["false", "true"]


def test_an_item_shows_reading_reference_error_limits_and_a_verdict_for_each_point():
    near = reading("indication_error", "10", "10.000", added="0.0010", position="up")
    zero = reading("zero_setting", "0", "0.000", added="0.0025")
    root = read(measured(readings=[zero, *without(perfect(DIGITAL), "zero_setting"), near, TOO_MUCH]))
    found = item(root, "称量（示值误差）")
    assert texts(found, ".//dcc:quantity[dcc:name]/dcc:name/dcc:content[@lang='en']")[:2] == [
        "Position",
        "Reference",
    ]
    changeover, indication = columns(found, 0), columns(found, 1)
    assert changeover == {
        "Position": "up",
        "Reference": "10",
        "Indication": "10.000",
        "Added weights": "0.0010",
        "Zero error": "0.0000",
        "Error prior to rounding": "0.0015",
        "Lower limit": "-0.0050",
        "Upper limit": "0.0050",
    }
    last = {name: (listed or "").split()[-1] for name, listed in indication.items()}
    assert last == {
        "Position": "up",
        "Reference": "10",
        "Indication": "10.010",
        "Error": "0.010",
        "Lower limit": "-0.0050",
        "Upper limit": "0.0050",
    }
    verdicts = texts(found, ".//dcc:conformityXMLList")
    first, second = verdicts[0], (verdicts[1] or "").split()
    assert [first, second[-1], set(second[:-1])] == ["pass", "fail", {"pass"}]
    assert texts(found, ".//dcc:list//dcc:metaData/dcc:norm") == [rule("indication_error")] * 2
    assert set(texts(found, ".//si:unit") + texts(found, ".//si:unitXMLList")) == {r"\kilogram"}
    types = [one.get("refType") for one in found.findall(".//dcc:list", NS)[1].findall("dcc:quantity", NS)]
    assert types == [
        None,
        "basic_referenceValue",
        "basic_measuredValue",
        "basic_measurementError",
        None,
        None,
    ]


def test_each_item_has_its_verdict_and_the_whole_has_its_own():
    root = read(measured(readings=[*perfect(DIGITAL), TOO_MUCH], valid_until=None))
    judged = root.findall(".//dcc:measurementResult/dcc:measurementMetaData/dcc:metaData", NS)
    said = {
        one.findtext("dcc:name/dcc:content", namespaces=NS): one.findtext("dcc:conformity", namespaces=NS)
        for one in judged
    }
    assert (said["称量（示值误差）"], said["偏载"], said["检定标记、铅封与防作弊"]) == (
        "fail",
        "pass",
        "pass",
    )
    # Not applicable is no verdict.
    assert "计价" not in said
    assert texts(item(root, "计价"), "dcc:data//dcc:content") == ["不适用", "not applicable"]
    assert texts(root, ".//dcc:statement/dcc:conformity") == ["fail"]
    assert texts(root, ".//dcc:statement/dcc:declaration/dcc:content") == [
        "不合格",
        "failed",
        "称量（示值误差）不合格",
    ]


def test_the_reference_to_a_rule_stands_with_every_item():
    found = item(read(measured()), "偏载")
    assert texts(found, "dcc:description/dcc:content") == [rule("eccentricity")] * 2


def test_what_was_looked_at_is_a_finding_and_no_figure():
    found = item(read(measured()), "检定标记、铅封与防作弊")
    assert columns(found) == {"Finding": "ok"}


def test_repeatability_shows_the_greatest_difference():
    found = columns(item(read(measured()), "重复性"))
    assert found["Greatest difference"] == "0.000 0.000 0.000"
    assert "Error" not in found


def test_a_value_that_is_itself_judged_is_told_once():
    found = columns(item(read(measured(BLOOD_PRESSURE)), "放气速率"))
    assert list(found) == ["Indication", "Lower limit", "Upper limit"]


def test_a_figure_that_only_some_points_have_is_no_number_at_the_others():
    extra = reading("eccentricity", "5.0", "5.0", position="1", added="0.0025")
    zero = reading("zero_setting", "0", "0.000", added="0.0025")
    given = [zero, *without(perfect(DIGITAL), "zero_setting"), extra]
    result = spoiled(measured(readings=given), "eccentricity", found_by="changeover")
    found = columns(item(read(result), "偏载"))
    assert found["Added weights"] == "NaN NaN NaN NaN 0.0025"


def test_millimetres_of_mercury_stand_behind_the_same_in_kilopascal():
    root = read(measured(BLOOD_PRESSURE))
    both = item(root, "静态压力示值误差").find(
        ".//dcc:quantity[@refType='basic_referenceValue']/si:hybrid", NS
    )
    si, read_off = (one.findtext("si:valueXMLList", namespaces=NS).split() for one in both)
    assert texts(both, ".//si:unitXMLList") == [r"\kilo\pascal", "|mmHg"]
    assert [Decimal(figure) * Decimal("0.133322") for figure in read_off] == [
        Decimal(figure) for figure in si
    ]
    assert texts(root, ".//dcc:statement/dcc:nonSIUnit") == ["|mmHg", "|mmHg/s"]
    assert texts(root, ".//dcc:statement/dcc:nonSIDefinition") == [
        "1 mmHg = 0.133322 kPa",
        "1 mmHg/s = 0.133322 kPa/s",
    ]


def test_money_is_no_quantity_of_the_si_and_stands_as_text():
    price = reading("price_computing", "12.50", "12.50")
    device = replace(SCALE, kind="nawi_price_computing")
    readings = [*without(perfect(DIGITAL, device=device), "price_computing"), price]
    found = item(read(measured(readings=readings, device=device)), "计价")
    assert columns(found)["Reference (CNY)"] == "12.50"


def test_a_limit_that_may_not_be_reached_says_so():
    strict = read(spoiled(measured(), "eccentricity", strict=True))
    told = ["等于限值即为不合格", "a value equal to the limit fails"]
    assert texts(item(strict, "偏载"), ".//dcc:declaration/dcc:content") == told
    assert texts(item(strict, "重复性"), ".//dcc:declaration/dcc:content") == []


@pytest.mark.parametrize(
    ("work", "before", "after"),
    [("adjusted", "beforeAdjustment", "afterAdjustment"), ("repaired", "beforeRepair", "afterRepair")],
)
def test_as_found_stands_before_as_left_and_each_says_which_it_is(work, before, after):
    root = read(
        replace(
            measured(as_found=[*perfect(DIGITAL), TOO_MUCH]),
            adjusted=work == "adjusted",
            repaired=work == "repaired",
        )
    )
    parts = root.findall(".//dcc:measurementResult", NS)
    assert [texts(part, "dcc:name/dcc:content") for part in parts] == [
        ["调修前结果", "Results as found"],
        ["检定结果", "Results"],
    ]
    assert [set(texts(part, ".//dcc:status")) for part in parts] == [{before}, {after}]
    assert columns(item(root, "称量（示值误差）", 0))["Indication"].split()[-1] == "10.010"
    # The verdict is that of as left.
    assert texts(root, ".//dcc:statement/dcc:conformity") == ["pass"]


def test_without_any_work_nothing_is_before_or_after():
    assert texts(read(measured()), ".//dcc:status") == []


def test_characteristics_are_quantities_of_the_item():
    device = replace(TWO_RANGES, minimum=Decimal("0.04"), d=Decimal("0.002"), additive_tare=Decimal(5))
    root = read(measured(readings=perfect(DIGITAL, device=device), device=device))
    told = [
        [one.text for one in found.iter() if one.text] for found in root.findall(".//dcc:itemQuantity", NS)
    ]
    assert [one[1:] for one in told] == [
        ["Maximum capacity Max", "15", r"\kilogram"],
        ["Minimum capacity Min", "0.04", r"\kilogram"],
        ["Scale interval d", "0.002", r"\kilogram"],
        ["Maximum additive tare", "5", r"\kilogram"],
        ["Verification scale interval e up to 6 kg", "0.002", r"\kilogram"],
        ["Verification scale interval e up to 15 kg", "0.005", r"\kilogram"],
        ["Accuracy class", "III"],
    ]


def test_a_weight_has_its_nominal_value():
    root = read(measured("JJG 99-2022"))
    assert texts(root, ".//dcc:itemQuantity/si:real/si:value") == ["1"]


def test_an_instrument_of_which_nothing_is_known_has_no_quantities():
    assert texts(read(measured("JJG 543-2008")), ".//dcc:itemQuantities") == []


def test_standards_stand_with_their_calibrations():
    bare = replace(
        WEIGHTS, code="M1", error_absolute=None, error_percent=None, weight_class="", measuring_range=""
    )
    root = read(measured(standards=[WEIGHTS, bare]))
    first, second = root.findall(".//dcc:measuringEquipment", NS)
    assert texts(first, ".//dcc:identification/dcc:value") == ["F2-01", "88", "SZ-2026-0007"]
    assert texts(first, "dcc:model") == [WEIGHTS.model]
    assert texts(first, "dcc:description/dcc:content") == [
        "苏州市计量测试院于2026-01-05校准，有效期至2027-01-04",
        "Calibrated by 苏州市计量测试院 on 2026-01-05, valid until 2027-01-04",
    ]
    quantities = first.findall(".//dcc:measuringEquipmentQuantity", NS)
    assert [[one.text for one in quantity.iter() if one.text][2:] for quantity in quantities] == [
        ["0.0050", r"\gram"],
        ["0.0010", r"\percent"],
        ["1 mg~20 kg"],
        ["F2"],
    ]
    assert second.find("dcc:measuringEquipmentQuantities", NS) is None


def test_a_standard_whose_error_is_only_absolute_or_only_a_share_has_that_one():
    only = [replace(WEIGHTS, error_absolute=None), replace(WEIGHTS, error_percent=None)]
    first, second = read(measured(standards=only)).findall(".//dcc:measuringEquipment", NS)
    assert (texts(first, ".//si:unit"), texts(second, ".//si:unit")) == ([r"\percent"], [r"\gram"])


def test_the_method_is_the_regulation_with_the_digest_of_its_rules_judged_by_this_software():
    result = measured()
    root = read(result)
    assert result.regulation is not None
    assert [one.text for one in root.find(".//dcc:usedMethod", NS).iter() if one.text] == [
        "数字指示秤",
        "Digital indicating scales",
        "JJG 539-2016",
        f"SHA-256 {result.regulation.sha256}",
    ]
    assert texts(root, ".//dcc:usedSoftware//dcc:content") == ["Verifier"]


def test_standards_that_are_only_named_are_named():
    root = read(measured(standards=[], standards_named=["F2级砝码"]))
    assert texts(root, ".//dcc:measuringEquipment//dcc:content") == ["F2级砝码"]
    assert texts(read(measured(standards=[], standards_named=[])), ".//dcc:measuringEquipments") == []


def test_conditions_are_quantities_where_they_are_figures_and_texts_otherwise():
    said = {"temperature_c": 22.5, "humidity_percent": "48.0", "pressure_kpa": 101, "风": "无", "x": "1e5"}
    root = read(measured(environment=said | {"pressure_kpa": "Infinity"}))
    found = [
        [one.text for one in condition.iter() if one.text]
        for condition in root.findall(".//dcc:influenceCondition", NS)
    ]
    assert found == [
        ["温度", "Temperature", "温度", "Temperature", "22.5", r"\degreecelsius"],
        ["相对湿度", "Relative humidity", "相对湿度", "Relative humidity", "48.0", r"\percent"],
        ["大气压", "Air pressure", "Infinity"],
        ["风", "无"],
        ["x", "1e5"],
    ]
    pressure = read(measured(environment=said)).findall(".//dcc:influenceCondition//si:real", NS)[-1]
    assert [one.text for one in pressure] == ["101", r"\kilo\pascal"]


def test_conditions_nobody_wrote_down_are_said_to_be_unknown():
    root = read(measured(environment={}))
    assert texts(root, ".//dcc:influenceCondition/dcc:data//dcc:content") == ["未记录", "not recorded"]


def test_the_day_until_which_it_holds_is_only_on_a_certificate():
    until = ".//dcc:statement[dcc:name]/dcc:date"
    assert texts(read(measured()), until) == ["2026-04-20", "2027-04-19"]
    record = replace(PAPER, document=DocumentKind.TEST_RECORD)
    assert texts(read(measured(certificate=record)), until) == ["2026-04-20"]


def test_a_revoked_certificate_says_since_when_and_why():
    revoked = replace(
        PAPER, revoked_on=date(2026, 6, 1), revocation_reason="标准器超差", state=CertificateState.REVOKED
    )
    root = read(measured(certificate=revoked))
    [last] = root.findall(".//dcc:statement", NS)[2:]
    assert [one.text for one in last.iter() if one.text] == [
        "已撤销",
        "Revoked on",
        "标准器超差",
        "2026-06-01",
    ]


def test_a_certificate_in_the_place_of_another_names_it():
    root = read(measured(certificate=replace(PAPER, replaces="苏太检字 2026-000000")))
    assert texts(root, ".//dcc:reportAmendedSubstituted/*") == ["substituted", "苏太检字 2026-000000"]


def test_there_is_none_without_a_paper():
    with pytest.raises(NoPaperYet) as refused:
        write_dcc(measured(certificate=None))
    assert refused.value.facts == {"verification": 12}


def test_there_is_none_where_nothing_was_measured():
    with pytest.raises(NoMeasuredValues):
        write_dcc(unmeasured())
    seen = [
        reading("marks_and_seals", finding=Finding3.NOT_OK),
        *without(perfect(DIGITAL), "marks_and_seals"),
    ]
    with pytest.raises(NoMeasuredValues) as refused:
        write_dcc(measured(readings=seen))
    assert refused.value.facts == {"verification": 12}


def test_figures_keep_every_digit_and_never_an_exponent():
    fine = reading("indication_error", "10.000000000000", "10.000000000001", position="up")
    small = reading("indication_error", "10", "10.00", position="up", added="0.000000000001")
    zero = reading("zero_setting", "0", "0", added="0.0025")
    given = [zero, *without(perfect(DIGITAL), "zero_setting"), fine, small]
    written = write_dcc(measured(readings=given)).decode()
    for figure in ("10.000000000000", "10.000000000001", "0.000000000001"):
        assert f" {figure}" in written or f">{figure}<" in written
    assert "E-" not in written


def test_the_same_result_gives_the_same_bytes():
    assert write_dcc(measured()) == write_dcc(measured())


HOSTILE = [
    "]]>",
    "<b>&amp;</b>",
    "a\x00b\x1b",
    "𠮷野",
    "\u202e反",
    "  ",
    "",
    "\ufffe",
    "行1\r\n行2\t尾",
    "\ud800",
]


def _everywhere(text: str) -> Result:
    """One text wherever somebody may have written something."""
    standard = replace(WEIGHTS, name=text, model=text, serial=text, certificate_no=text, calibrated_by=text)
    names: dict[str, Any] = dict.fromkeys(
        ("kind_name_zh", "kind_name_en", "manufacturer", "model", "serial"), text
    )
    result = measured(
        instrument=replace(INSTRUMENT, **names),
        holder=replace(HOLDER, name=text, market=text, address=text, stall_no=text),
        body=replace(
            BODY, **dict.fromkeys(("name", "authorisation_no", "address", "phone", "postcode", "email"), text)
        ),
        certificate=replace(PAPER, revoked_on=date(2026, 6, 1), revocation_reason=text),
        people=[person(SigningRole.VERIFIER, text)],
        standards=[standard],
        environment={"temperature_c": text, text: text},
        reasons=[text],
    )
    return replace(result, device=SCALE.to_json() | {"accuracy_class": text})


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_texts(text):
    root = read(_everywhere(text))
    assert texts(root, ".//dcc:respPerson/dcc:person//dcc:content") == [clean(text) or "-"]


@given(text=st.text(max_size=30))
@settings(max_examples=60, deadline=None)
def test_whatever_is_written_the_certificate_is_one(text):
    read(_everywhere(text))


def test_chinese_stays_as_it_is_and_what_papers_leave_out_is_left_out():
    assert clean("𠮷野 （浮桥）") == "𠮷野 （浮桥）"
    assert clean(" a\x00b\u202ec\td\r\ne\ue000 ") == "abc d\ne"


def test_the_schema_written_down_here_notices_what_is_wrong():
    """Every element swapped with its neighbour or missing where it must be; a wrong word for every kind."""
    whole = parsed(measured(BLOOD_PRESSURE, standards=[WEIGHTS]))
    unordered = {"administrativeData", "location", "data"}
    for number, found in enumerate(list(whole.iter())):
        if len({one.tag for one in found}) < 2 or found.tag.partition("}")[2] in unordered:
            continue
        spoiled = copy.deepcopy(whole)
        place = list(spoiled.iter())[number]
        first = next(index for index in range(len(place)) if place[index].tag != place[index + 1].tag)
        place[first], place[first + 1] = place[first + 1], place[first]
        assert faults(spoiled), found.tag


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (".//dcc:uniqueIdentifier", ""),
        (".//dcc:beginPerformanceDate", "2026-02-30"),
        (".//dcc:countryCodeISO3166_1", "China"),
        (".//dcc:mandatoryLangCodeISO639_1", "zh_CN"),
        (".//dcc:performanceLocation", "somewhere"),
        (".//dcc:mainSigner", "yes"),
        (".//dcc:conformity", "passed"),
        (".//dcc:release", "0.1.0"),
        (".//si:unit", "kg"),
        (".//si:unit", r"\kilo\gram"),
        (".//si:unit", r"\kilogram\cubit"),
        (".//si:unitXMLList", r"\kilopascal"),
        (".//si:value", "1,5"),
        (".//si:valueXMLList", "1 2"),
        (".//dcc:result[3]//dcc:conformityXMLList", "pass"),
        (".//dcc:nonSIUnit", "|torr"),
        (".//dcc:item/dcc:name/dcc:content", None),
    ],
)
def test_a_wrong_word_is_a_fault(path, wrong):
    root = parsed(measured(BLOOD_PRESSURE))
    found = root.find(path, NS)
    if wrong is None:
        del found.attrib["lang"]
    found.text = wrong
    assert faults(root)
