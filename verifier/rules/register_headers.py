"""Where the columns of a register are, whatever the office calls them, and which rows are not instruments."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from verifier.errors import Invalid
from verifier.i18n import mark
from verifier.rules.cells import Cell, SheetRow, is_blank, text

# Titles and "filled in by" lines stand above a header, never more than this.
_ROWS_ABOVE = 30


class Field(StrEnum):
    """What a column of a register can hold."""

    HOLDER = "holder"
    USCC = "uscc"
    HOLDER_KIND = "holder_kind"
    MARKET = "market"
    STALL_NO = "stall_no"
    DISTRICT = "district"
    ADDRESS = "address"
    CONTACT_NAME = "contact_name"
    CONTACT_PHONE = "contact_phone"
    KIND = "kind"
    MODEL = "model"
    MEASURING_RANGE = "measuring_range"
    MAX_CAPACITY = "max_capacity"
    ACCURACY_CLASS = "accuracy_class"
    SCALE_INTERVAL = "scale_interval"
    SERIAL = "serial"
    MANUFACTURER = "manufacturer"
    QUANTITY = "quantity"
    PURPOSE = "purpose"
    FAIR_SCALE = "fair_scale"
    VERIFIED_ON = "verified_on"
    MANUFACTURED_ON = "manufactured_on"
    REMARK = "remark"


# The first word is the usual one; where a file has two of them, the earlier word wins.
_WORDS = {
    Field.HOLDER: (
        "使用单位 使用单位名称 单位名称 持有单位 器具用户 使用者 使用单位(个人) 送检单位 受检单位 "
        "委托单位 经营者 经营户 摊主 holder holdername user"
    ),
    Field.USCC: "统一社会信用代码 社会信用代码 信用代码 uscc unifiedsocialcreditcode creditcode",
    Field.HOLDER_KIND: "单位类别 单位类型 单位性质 机构类别 机构类型 holderkind kindofholder",
    Field.MARKET: "所属市场 市场名称 集贸市场 集贸市场名称 农贸市场 所在市场 市场 market marketname",
    Field.STALL_NO: "摊位号 摊位编号 摊号 铺位号 摊位 stallno stallnumber stall",
    Field.DISTRICT: (
        "使用地点行政区划 行政区划 行政区划代码 使用地点区划 区划代码 所属区划 所属行政区划 所属镇 "
        "所属乡镇 所在乡镇 所属街道 乡镇 镇街 乡镇街道 镇(街道) 乡镇(街道) 所属区域 district "
        "districtcode town township"
    ),
    Field.ADDRESS: "详细地址 使用地点 安装使用地点 安装地点 使用地址 存放地点 单位地址 地址 address place",
    Field.CONTACT_NAME: "联系人 联系人姓名 负责人 contact contactname contactperson",
    Field.CONTACT_PHONE: "联系电话 电话 手机 手机号 手机号码 联系方式 phone telephone mobile contactphone",
    Field.KIND: (
        "器具名称 计量器具名称 强检器具名称 仪器名称 设备名称 衡器名称 instrument instrumentkind "
        "kindofinstrument instrumentname kind"
    ),
    Field.MODEL: "型号规格 规格型号 型号 规格 model modelspecification type",
    Field.MEASURING_RANGE: "测量范围 量程 测量范围量程 measuringrange range",
    Field.MAX_CAPACITY: "最大秤量 最大称量 最大秤量max max maxcapacity maximumcapacity capacity",
    Field.ACCURACY_CLASS: "准确度等级 准确度 精度等级 等级 accuracyclass accuracy class",
    Field.SCALE_INTERVAL: "分度值e 检定分度值e 检定分度值 分度值 分度值d scaleinterval e",
    Field.SERIAL: (
        "出厂编号 出厂号 器具编号 产品编号 机身编号 设备编号 仪器编号 编号 serial serialno serialnumber sn"
    ),
    Field.MANUFACTURER: (
        "生产厂家 制造单位 制造厂 制造厂商 制造商 生产单位 生产厂商 生产企业 生产厂 厂家 manufacturer maker"
    ),
    Field.QUANTITY: "器具数量 数量 台件数 台数 数量(台件) quantity qty number",
    Field.PURPOSE: "器具用途 用途 使用用途 强检用途 purpose use",
    Field.FAIR_SCALE: "公平秤 是否公平秤 是否为公平秤 fairscale isfairscale",
    Field.VERIFIED_ON: (
        "上次检定日期 最近检定日期 最近一次检定日期 检定日期 上次检定时间 检定时间 lastverified "
        "lastverifiedon lastverification lastverificationdate verifiedon"
    ),
    Field.MANUFACTURED_ON: (
        "出厂日期 生产日期 制造日期 出厂年月 生产年月 manufacturedon manufactured dateofmanufacture"
    ),
    Field.REMARK: "备注 说明 remark remarks note notes",
}
SYNONYMS = {field: tuple(words.split()) for field, words in _WORDS.items()}
_DECORATION = re.compile(r"[\s*:_\-./·]")
_IN_BRACKETS = re.compile(r"[(\[].*")
_TOTAL = re.compile(
    r"(?:本页|本表)?(?:合计|总计|小计|共计|总数|(?:grand|sub)?total)(?:[:]?[\d.]+)?(?:台|件|台件|台\(件\))?[:]?"
)
_SIGNATURE = re.compile(
    r"(?:填表|填报|制表|审核|复核|批准|负责|经办|统计)(?:人|单位|日期|时间)[:(].*|[注备说][注明]?[:].*"
)


class HeaderNotFound(Invalid):
    message = mark(
        "No header row of a register was found in the first {rows} rows: no column is named {missing}. "
        "Name the columns as in the template."
    )


@dataclass(frozen=True)
class Header:
    """The row that names the columns, and where each known column is."""

    row: SheetRow
    columns: Mapping[Field, int]

    def cell(self, row: SheetRow, field: Field) -> Cell:
        """None where the file has no such column, or the row ends before it."""
        column = self.columns.get(field)
        return row.cells[column] if column is not None and column < len(row.cells) else None

    def written(self, field: Field) -> str:
        """The header as the file writes it; the usual word where the file has no such column."""
        cell = self.cell(self.row, field)
        return SYNONYMS[field][0] if cell is None else str(cell).strip()

    @property
    def unread(self) -> tuple[str, ...]:
        """The headers of columns nobody reads, so that the office can be told."""
        known = set(self.columns.values())
        return tuple(text(c) for i, c in enumerate(self.row.cells) if i not in known and not is_blank(c))


def find_header(rows: Iterable[SheetRow]) -> Header:
    """The first row which names holder, instrument and serial; raises HeaderNotFound."""
    above = [Header(row, _columns(row.cells)) for row in islice(rows, _ROWS_ABOVE)]
    for header in above:
        if not _missing(header.columns):
            return header
    nearest = max((header.columns for header in above), key=len, default={})
    missing = " / ".join(f"{SYNONYMS[field][0]} ({field})" for field in _missing(nearest))
    raise HeaderNotFound(rows=_ROWS_ABOVE, missing=missing)


def data_rows(rows: Iterable[SheetRow], header: Header) -> Iterator[SheetRow]:
    """The rows below the header that mean instruments: no blank, total, signature or repeated header row."""
    for row in rows:
        if row.number > header.row.number and _is_about_an_instrument(row, header):
            yield row


def _columns(cells: Sequence[Cell]) -> dict[Field, int]:
    exact = [_key(text(cell)) for cell in cells]
    bare = [_key(_IN_BRACKETS.sub("", text(cell))) for cell in cells]
    found: dict[Field, int] = {}
    for field, words in SYNONYMS.items():
        keys = [_key(word) for word in words]
        column = next((names.index(key) for key in keys for names in (exact, bare) if key in names), None)
        if column is not None and column not in found.values():
            found[field] = column
    return found


def _key(written: str) -> str:
    return _DECORATION.sub("", written.casefold())


def _missing(columns: Mapping[Field, int]) -> list[Field]:
    needed = [Field.HOLDER, Field.KIND, Field.SERIAL]
    # A register of stalls may say who by market and stall alone.
    if Field.MARKET in columns and Field.STALL_NO in columns:
        needed.remove(Field.HOLDER)
    return [field for field in needed if field not in columns]


def _is_about_an_instrument(row: SheetRow, header: Header) -> bool:
    said = {field for field in header.columns if not is_blank(header.cell(row, field))}
    if not said or _repeats_header(row, header):
        return False
    if said & {Field.KIND, Field.SERIAL}:
        return True
    first = next(text(cell) for cell in row.cells if not is_blank(cell)).casefold().replace(" ", "")
    return not (_TOTAL.fullmatch(first) or _SIGNATURE.fullmatch(first))


def _repeats_header(row: SheetRow, header: Header) -> bool:
    return all(
        text(header.cell(row, field)) == text(header.cell(header.row, field))
        for field in (Field.KIND, Field.SERIAL)
    )
