"""Who holds instruments: kinds of holder and their unified social credit code."""

import re
from enum import StrEnum

from stdnum.cn import uscc

# Rural collectives (N2...) and other bodies have a letter in front, which stdnum does not know.
_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")


class HolderKind(StrEnum):
    HOSPITAL = "hospital"
    COMMUNITY_HEALTH_CENTRE = "community_health_centre"
    COMMUNITY_HEALTH_STATION = "community_health_station"
    TOWNSHIP_HEALTH_CENTRE = "township_health_centre"
    VILLAGE_CLINIC = "village_clinic"
    CLINIC = "clinic"
    WELFARE_HOME = "welfare_home"
    MARKET = "market"
    STALL = "stall"
    SHOP = "shop"
    OPTICIAN = "optician"
    PETROL_STATION = "petrol_station"
    OTHER = "other"


class UnknownHolderKind(ValueError):
    """The text names no kind of holder the register knows."""


class NotACreditCode(ValueError):
    """Eighteen characters and a check digit are what makes a code; this has not got them."""


# Chinese words are also the endings by which a holder's name tells its kind.
_ENDINGS = {
    HolderKind.COMMUNITY_HEALTH_CENTRE: ("社区卫生服务中心",),
    HolderKind.COMMUNITY_HEALTH_STATION: ("社区卫生服务站",),
    HolderKind.TOWNSHIP_HEALTH_CENTRE: ("卫生院",),
    HolderKind.VILLAGE_CLINIC: ("村卫生室", "村卫生所"),
    HolderKind.HOSPITAL: ("医院",),
    HolderKind.CLINIC: ("诊所", "门诊部"),
    HolderKind.WELFARE_HOME: ("福利院", "敬老院", "养老院"),
    HolderKind.MARKET: ("集贸市场", "农贸市场", "菜市场"),
    HolderKind.STALL: ("摊位", "摊主", "摊贩", "经营户"),
    HolderKind.SHOP: ("超市",),
    HolderKind.OPTICIAN: ("眼镜店",),
    HolderKind.PETROL_STATION: ("加油站",),
}
_WORDS = {
    HolderKind.HOSPITAL: ("综合医院", "专科医院", "hospital"),
    HolderKind.COMMUNITY_HEALTH_CENTRE: ("卫生服务中心", "communityhealthcentre", "communityhealthcenter"),
    HolderKind.COMMUNITY_HEALTH_STATION: ("卫生服务站", "communityhealthstation"),
    HolderKind.TOWNSHIP_HEALTH_CENTRE: (
        "乡镇卫生院",
        "中心卫生院",
        "townshiphealthcentre",
        "townshiphealthcenter",
    ),
    HolderKind.VILLAGE_CLINIC: ("卫生室", "villageclinic"),
    HolderKind.CLINIC: ("门诊", "个体诊所", "医务室", "clinic"),
    HolderKind.WELFARE_HOME: ("养老机构", "welfarehome"),
    HolderKind.MARKET: ("市场", "集市", "集市主办者", "市场主办者", "market"),
    HolderKind.STALL: ("摊", "stall", "stallholder"),
    HolderKind.SHOP: ("商店", "商场", "便利店", "shop", "store", "supermarket"),
    HolderKind.OPTICIAN: ("眼镜", "眼镜制配", "眼镜制配单位", "optician"),
    HolderKind.PETROL_STATION: ("petrolstation", "gasstation", "fillingstation"),
    HolderKind.OTHER: ("其他", "其它", "个体户", "个体工商户", "other"),
}
_KINDS = {word: kind for table in (_ENDINGS, _WORDS) for kind, words in table.items() for word in words}
_FOR_ANIMALS = ("动物", "宠物", "兽医")


def holder_kind(text: str) -> HolderKind:
    """The kind a folded text names, in Chinese or English."""
    word = re.sub(r"[\s_]", "", text.casefold())
    if word not in _KINDS:
        raise UnknownHolderKind(text)
    return _KINDS[word]


def holder_kind_by_name(name: str) -> HolderKind:
    """The kind a holder's name gives away; OTHER unless it is certain."""
    if any(word in name for word in _FOR_ANIMALS):
        return HolderKind.OTHER
    for kind, endings in _ENDINGS.items():
        if name.endswith(endings):
            return kind
    return HolderKind.OTHER


def credit_code(text: str) -> str:
    """The unified social credit code in its one spelling: capitals, no blanks."""
    code = uscc.compact(text)
    if not _CODE.fullmatch(code) or code[-1] != uscc.calc_check_digit(code):
        raise NotACreditCode(text)
    return code


def identity(name: str, district_code: str, *, market: str = "", stall_no: str = "") -> str:
    """What makes two register rows the same holder: one name, one place, one market and stall."""
    return f"{name}\t{district_code}\t{market}\t{stall_no}".casefold()
