"""What the demo's holders have: which kinds, how many, of which invented makers; and sample tariffs."""

from dataclasses import dataclass

from verifier.rules.capacity import max_capacity_kg
from verifier.rules.holders import HolderKind
from verifier.rules.purposes import Purpose


@dataclass(frozen=True)
class Make:
    """A model of an invented maker, as a nameplate says it."""

    maker: str
    model: str
    measuring_range: str
    accuracy_class: str = ""
    scale_interval: str = ""

    @property
    def max_capacity_g(self) -> int | None:
        capacity = max_capacity_kg(self.measuring_range)
        return None if capacity is None else int(capacity * 1000)


@dataclass(frozen=True)
class Kit:
    """Between `least` and `most` instruments of a kind stand at a holder."""

    kind: str
    least: int
    most: int


_PRESSURE, _GLUCOSE = "(0~40)kPa", "(1.1~33.3)mmol/L"
MAKES: dict[str, tuple[Make, ...]] = {
    "bp_mercury": (
        Make("江南康测医用仪器厂", "XJ-30D", _PRESSURE, "", "0.5kPa"),
        Make("苏州平济医疗器械有限公司", "TS-1", _PRESSURE, "", "0.5kPa"),
    ),
    "bp_aneroid": (Make("江南康测医用仪器厂", "AC-09", _PRESSURE, "", "0.5kPa"),),
    "bp_auto": (
        Make("昆仑健测电子有限公司", "KJ-7120", "(0~299)mmHg"),
        Make("苏州平济医疗器械有限公司", "PJ-E8", "(0~280)mmHg"),
        Make("海安宁医电子股份有限公司", "HN-660A", "(0~300)mmHg"),
    ),
    "glucose_meter": (
        Make("常州糖安生物传感有限公司", "TA-3", _GLUCOSE),
        Make("昆仑健测电子有限公司", "KJ-G2", _GLUCOSE),
    ),
    "ecg_digital": (
        Make("海安宁医电子股份有限公司", "HN-ECG12", "(0.05~150)Hz"),
        Make("无锡波恩医电有限公司", "BE-1200", "(0.05~150)Hz"),
    ),
    "ecg_analog": (Make("无锡波恩医电有限公司", "BE-6511", "(0.05~75)Hz"),),
    "patient_monitor": (
        Make("海安宁医电子股份有限公司", "HN-M80", "(0~300)mmHg"),
        Make("无锡波恩医电有限公司", "BE-PM9", "(0~300)mmHg"),
    ),
    "clin_therm_ir_ear": (Make("昆仑健测电子有限公司", "KJ-EW1", "(32.0~42.9)℃"),),
    "nawi_price_computing": (
        Make("江阴衡通衡器有限公司", "ACS-15HT", "(0~15)kg", "Ⅲ", "5g"),
        Make("江阴衡通衡器有限公司", "ACS-30HT", "(0~30)kg", "Ⅲ", "10g"),
        Make("浙北天准电子衡器厂", "TZ-30", "(0~30)kg", "Ⅲ", "10g"),
        Make("永嘉方正衡器有限公司", "FZ-15A", "(0.1~15)kg", "Ⅲ", "5g"),
    ),
    "nawi_digital": (
        Make("江阴衡通衡器有限公司", "TCS-150HT", "(0~150)kg", "Ⅲ", "50g"),
        Make("浙北天准电子衡器厂", "TZ-T300", "(0~300)kg", "Ⅲ", "100g"),
    ),
    "platform_1t": (Make("江阴衡通衡器有限公司", "SCS-1HT", "(0~1)t", "Ⅲ", "500g"),),
    "nawi_analog_spring_dial": (
        Make("永嘉方正衡器有限公司", "ATZ-8", "(0~8)kg", "Ⅳ", "20g"),
        Make("永嘉方正衡器有限公司", "ATZ-20", "(0~20)kg", "Ⅳ", "50g"),
    ),
    "nawi_nonself_bench_platform": (
        Make("浙北天准电子衡器厂", "TGT-100", "(0~100)kg", "Ⅲ", "50g"),
        Make("浙北天准电子衡器厂", "TGT-500", "(0~500)kg", "Ⅲ", "200g"),
    ),
    "nawi_steelyard": (Make("江南木衡社", "GC-10", "(0~10)kg", "", "50g"),),
    "focimeter": (Make("丹阳光正光学仪器厂", "JD-2600", "(-20~+20)m⁻¹"),),
    "refractometer": (Make("丹阳光正光学仪器厂", "RM-9000", "(-20~+20)m⁻¹"),),
    "fuel_dispenser": (Make("张家港油准机械有限公司", "YZ-22", "(5~50)L/min", "0.3级"),),
}
# Functions their regulations know and these instruments have not got.
LACKS = {"bp_auto": ("auscultatory",), "glucose_meter": ("comparison",)}
# A kit's word for an instrument that the catalogue knows under a wider kind.
CATALOGUE_KIND = {"platform_1t": "nawi_digital"}

KITS: dict[HolderKind, tuple[Kit, ...]] = {
    HolderKind.HOSPITAL: (
        Kit("bp_mercury", 5, 10),
        Kit("bp_auto", 6, 14),
        Kit("patient_monitor", 4, 9),
        Kit("ecg_digital", 2, 5),
        Kit("glucose_meter", 3, 6),
        Kit("clin_therm_ir_ear", 1, 4),
    ),
    HolderKind.COMMUNITY_HEALTH_CENTRE: (
        Kit("patient_monitor", 1, 2),
        Kit("bp_mercury", 3, 6),
        Kit("bp_auto", 3, 6),
        Kit("bp_aneroid", 0, 2),
        Kit("glucose_meter", 2, 4),
        Kit("ecg_digital", 1, 3),
    ),
    HolderKind.TOWNSHIP_HEALTH_CENTRE: (
        Kit("patient_monitor", 1, 3),
        Kit("bp_mercury", 4, 7),
        Kit("bp_auto", 3, 6),
        Kit("bp_aneroid", 0, 2),
        Kit("glucose_meter", 2, 4),
        Kit("ecg_digital", 1, 3),
        Kit("ecg_analog", 0, 1),
    ),
    HolderKind.COMMUNITY_HEALTH_STATION: (
        Kit("bp_mercury", 1, 3),
        Kit("bp_auto", 1, 3),
        Kit("glucose_meter", 1, 2),
        Kit("ecg_analog", 0, 1),
    ),
    HolderKind.VILLAGE_CLINIC: (
        Kit("bp_mercury", 1, 2),
        Kit("bp_auto", 0, 2),
        Kit("bp_aneroid", 0, 1),
        Kit("glucose_meter", 1, 1),
    ),
    HolderKind.CLINIC: (
        Kit("bp_auto", 1, 2),
        Kit("bp_mercury", 0, 1),
        Kit("glucose_meter", 0, 1),
    ),
    # What stands at the market itself: the fair scales and a platform scale for the loading bay.
    HolderKind.MARKET: (Kit("nawi_price_computing", 1, 2), Kit("platform_1t", 0, 1)),
    HolderKind.OPTICIAN: (Kit("focimeter", 1, 1), Kit("refractometer", 1, 2)),
    HolderKind.PETROL_STATION: (Kit("fuel_dispenser", 4, 10),),
}
# What a stall weighs with, and how often.
STALL_SCALES = {
    "nawi_price_computing": 82,
    "nawi_digital": 6,
    "nawi_analog_spring_dial": 7,
    "nawi_nonself_bench_platform": 3,
    "nawi_steelyard": 2,
}
PURPOSES = {
    HolderKind.MARKET: Purpose.TRADE,
    HolderKind.STALL: Purpose.TRADE,
    HolderKind.PETROL_STATION: Purpose.TRADE,
}
CREDIT_CODE_BEGINNINGS = {
    HolderKind.HOSPITAL: "12",
    HolderKind.COMMUNITY_HEALTH_CENTRE: "12",
    HolderKind.TOWNSHIP_HEALTH_CENTRE: "12",
    HolderKind.CLINIC: "92",
    HolderKind.MARKET: "91",
    HolderKind.OPTICIAN: "91",
    HolderKind.PETROL_STATION: "91",
}

TARIFF_DOCUMENT = "演示样本，不是真实的收费标准"
# Fen, in the order of time. Spring dial scales, patient monitors and fuel dispensers are left out on
# purpose: the demo shows what an unknown tariff looks like.
SAMPLE_TARIFFS: dict[str, tuple[int, ...]] = {
    "bp_mercury": (1500,),
    "bp_aneroid": (1500,),
    "bp_auto": (4000,),
    "glucose_meter": (5000,),
    "ecg_digital": (12000,),
    "ecg_analog": (12000,),
    "clin_therm_ir_ear": (3000,),
    "nawi_price_computing": (3000, 3500),
    "nawi_digital": (5000,),
    "nawi_nonself_bench_platform": (4000,),
    "nawi_steelyard": (1000,),
    "focimeter": (15000,),
    "refractometer": (15000,),
}

_WEIGHING_FAULTS = (
    "示值误差超出最大允许误差",
    "偏载误差超差",
    "重复性超差",
    "置零准确度不合格",
    "铅封缺失",
)
_PRESSURE_FAULTS = ("血压示值误差超差", "气密性不合格", "零位不合格", "刻度模糊无法读数")
_OTHER_FAULTS = ("示值误差超出最大允许误差", "重复性不合格", "外观及功能检查不合格")


def faults(kind: str) -> tuple[str, ...]:
    """What such an instrument fails for."""
    if kind.startswith("nawi_"):
        return _WEIGHING_FAULTS
    return _PRESSURE_FAULTS if kind in ("bp_mercury", "bp_aneroid") else _OTHER_FAULTS
