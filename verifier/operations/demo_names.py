"""Believable names for the demo: people, villages, markets, codes. Nobody and nothing real is meant."""

import random
import re
from collections.abc import Callable, Sequence
from datetime import date

from stdnum.cn import uscc

_SURNAMES = "王李张陈徐周吴朱顾沈陆钱曹许姚蒋金俞唐范戴潘邹邵龚毛严施薛季"
_GIVEN = (
    *("建国", "建华", "秀英", "桂珍", "志强", "永明", "文彬", "雪芳", "丽华", "金妹", "根生", "水根"),
    *("林娣", "阿大", "国平", "晓东", "晓燕", "海燕", "春梅", "玉兰", "福生", "巧云", "卫东", "敏"),
    *("静", "磊", "伟", "芳", "勇", "琴", "洁", "峰", "婷", "斌", "惠明", "佩珍", "小妹", "炳荣"),
)
_VILLAGE_FIRST = "新永东西南北大长石金王陆顾沈张徐河湖溇渡荷梅柳杨"
_VILLAGE_LAST = "塘泾桥浜巷庄塔荡湾墩坝园浦家圩港墅渎头"
_COMMUNITIES = (
    *("梅花", "桂花", "香樟", "玉兰", "荷花", "新苑", "锦绣", "东湖", "西塘", "南园", "北苑", "学府"),
    *("公园", "世纪", "天平", "湖滨", "运河", "古塔", "彩虹", "水秀", "平江里", "竹园", "白塘", "星湖"),
)
_MARKETS = (
    *("新农", "惠民", "便民", "益民", "南门", "北门", "东街", "西街", "中心", "兴隆", "太平", "永安"),
    *("鑫源", "百合", "运河", "石桥", "大润", "江南", "水乡", "春申", "丰乐", "聚丰", "万家", "禾家"),
)
_CLINICS = ("仁和", "济生", "康宁", "同春", "益寿", "安泰", "和顺", "杏春", "回春", "广济", "德康", "百草")
_OPTICIANS = ("明视", "清目", "亮睛", "视康", "博视", "睛彩", "新视野", "明瞳")
_STREETS = ("人民路", "中心街", "振兴路", "育才路", "东大街", "广场路", "运河路", "建设路", "文化路")
TRADES = ("蔬菜", "水产", "鲜肉", "禽蛋", "豆制品", "水果", "熟食", "干货", "粮油", "冷冻食品")

_LEVELS = re.compile(r"(?<=..)(?:街道|镇|区|市)$")
_BRACKETS = re.compile(r"（.*）")
_TRIES = 12
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def short(place: str) -> str:
    """虎丘 for 虎丘区, 工业园区 for 苏州工业园区, 科技城 for 科技城（东渚街道）."""
    plain = _plain(place)
    if plain.startswith("苏州") and len(plain) > 3:
        return plain.removeprefix("苏州")
    return _LEVELS.sub("", plain)


def _plain(place: str) -> str:
    return _BRACKETS.sub("", place)


class Names:
    """Draws names, and never the same one twice where it names a holder."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._given: set[str] = set()
        self._series: dict[str, int] = {}
        self._organisations = 0

    def person(self) -> str:
        return self._rng.choice(_SURNAMES) + self._rng.choice(_GIVEN)

    def address(self, town: str) -> str:
        return f"{_plain(town)}{self._rng.choice(_STREETS)}{self._rng.randint(1, 388)}号"

    def serial(self, model: str, made_on: date) -> str:
        """A number of the model's own series, in one of the ways makers write them."""
        number = self._series[model] = self._series.get(model, 0) + self._rng.randint(1, 6)
        style = self._rng.choice(("{made_on:%y%m}{number:05d}", "{number:08d}", "{model}-{number:05d}"))
        return style.format(made_on=made_on, number=number, model=model)

    def village(self) -> str:
        return self._rng.choice(_VILLAGE_FIRST) + self._rng.choice(_VILLAGE_LAST)

    def hospital(self, county: str) -> str:
        return self._new(county, _numbered_hospitals, "医院")

    def health_centre(self, county: str, town: str) -> str:
        ending = "卫生院" if town.endswith("镇") else "社区卫生服务中心"
        before = "" if short(county) in town else county
        return self._unless_given(f"{before}{_plain(town)}{ending}")

    def station(self, town: str) -> str:
        return self._new(short(town), lambda rng: rng.choice(_COMMUNITIES), "社区卫生服务站")

    def village_clinic(self, town: str) -> str:
        return self._new(town, lambda _: self.village(), "村卫生室")

    def clinic(self, county: str, town: str) -> str:
        return self._new(short(county) + short(town), lambda rng: rng.choice(_CLINICS), "诊所")

    def market(self, town: str) -> str:
        ending = self._rng.choice(("农贸市场", "农贸市场", "集贸市场", "菜市场"))
        return self._new(short(town), lambda rng: rng.choice(_MARKETS), ending)

    def optician(self, county: str) -> str:
        return self._new(short(county), lambda rng: rng.choice(_OPTICIANS), "眼镜店")

    def petrol_station(self, town: str) -> str:
        return self._new(short(town), lambda _: self.village(), "加油站")

    def stall(self) -> tuple[str, str]:
        """The stallholder and what the stall is called after them and their trade."""
        person = self.person()
        return person, person + self._rng.choice(TRADES)

    def credit_code(self, beginning: str, county_code: str) -> str:
        """A code of valid form, both check digits right, counted up from an organisation nobody has."""
        self._organisations += 1
        organisation = f"{99_000_000 + self._organisations:08d}"
        body = f"{beginning}{county_code}{organisation}{_organisation_check(organisation)}"
        return body + str(uscc.calc_check_digit(body))

    def _new(self, before: str, middle: Callable[[random.Random], str], ending: str) -> str:
        for _ in range(_TRIES):
            name = before + middle(self._rng) + ending
            if name not in self._given:
                return self._unless_given(name)
        return self._unless_given(f"{before}{middle(self._rng)}第{len(self._given)}{ending}")

    def _unless_given(self, name: str) -> str:
        if name in self._given:
            raise ValueError(f"the demo named two holders {name}")
        self._given.add(name)
        return name


def _numbered_hospitals(rng: random.Random) -> str:
    return rng.choice(("第一人民", "第二人民", "第三人民", "中医", "妇幼保健", "康复", "口腔"))


def _organisation_check(organisation: str) -> str:
    """GB 11714: the check digit of the eight figures an organisation is known by."""
    total = sum(
        int(figure) * weight for figure, weight in zip(organisation, _ORGANISATION_WEIGHTS, strict=True)
    )
    return "0123456789X0"[11 - total % 11]


def spread(rng: random.Random, whole: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers in the proportion of the weights that sum to `whole`; ties fall by chance."""
    exact = [whole * weight / sum(weights) for weight in weights]
    parts = [int(part) for part in exact]
    order = sorted(range(len(parts)), key=lambda at: (parts[at] - exact[at], rng.random()))
    for at in order[: whole - sum(parts)]:
        parts[at] += 1
    return parts
