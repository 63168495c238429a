"""One item of a regulation: what is examined, how it is judged, and how its file says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from verifier.rules.limits import Limit
from verifier.rules.regulation_entries import Entry, Wanted
from verifier.rules.regulation_limits import read_limits, read_points
from verifier.rules.stages import Confidence, Stage
from verifier.rules.test_points import Points


class Method(StrEnum):
    """How an item is judged."""

    # Somebody looks: ok or not.
    CHECK = "check"
    # Indication less reference.
    ERROR = "error"
    # The indication itself is what has a limit: a leakage, a noise, a zero.
    VALUE = "value"
    # The greatest indication of several less the smallest.
    SPREAD = "spread"
    # A small extra load must show.
    RESPONSE = "response"


class Need(StrEnum):
    """Whether an item is examined at a stage."""

    REQUIRED = "required"
    NOT_REQUIRED = "not_required"
    IF_FITTED = "if_fitted"


class Measure(StrEnum):
    """What the extra load of a response, and what it must show, are counted in."""

    D = "d"
    MPE = "mpe"
    EXTRA = "extra"


@dataclass(frozen=True)
class Response:
    """The extra load, and the change it must show at least; without one it must merely be seen."""

    extra: tuple[Decimal, Measure]
    shows: tuple[Decimal, Measure] | None


@dataclass(frozen=True)
class Limited:
    """Limits, and what they are multiplied with at a stage."""

    limits: tuple[Limit, ...]
    factors: Mapping[Stage, Decimal]


@dataclass(frozen=True)
class Item:
    """One item of the regulation."""

    key: str
    name_zh: str
    name_en: str
    # What to do and to type in, in the office's words.
    ask_zh: str
    ask_en: str
    note_zh: str
    note_en: str
    # The paragraph, as far as it is known.
    reference: str
    confidence: Confidence
    method: Method
    needs: Mapping[Stage, Need]
    # The function that an `if_fitted` item belongs to.
    function: str
    # Kinds of the regulation it is for; empty: all.
    kinds: tuple[str, ...]
    # A failure ends the verification: nothing is measured any more.
    decisive: bool
    # None: the unit the instrument shows.
    unit: str | None
    # Per which time a change is counted, such as "min".
    per: str
    limits: tuple[Limit, ...]
    factors: Mapping[Stage, Decimal]
    share: tuple[int, int]
    points: tuple[Points, ...]
    positions: tuple[str, ...]
    # Positions are the numbers of the supports.
    at_supports: bool
    # How many at each point and position.
    readings: int
    # Whether weights may be added up to the changeover point.
    changeover: bool
    # The item whose error is E0.
    zero_from: str
    # The item whose value is the expanded uncertainty that narrows the limit.
    guard_from: str
    # Of a hundred results so many must hold.
    proportion: Decimal
    # A spread whose readings must each keep the limit too.
    each_error: bool
    response: Response | None

    @property
    def title(self) -> str:
        """How refusals call it, in both languages."""
        return f"{self.name_zh} / {self.name_en}"


_ITEM_FIELDS = (
    *("key", "name_zh", "name_en", "ask_zh", "ask_en", "note_zh", "note_en", "reference", "confidence"),
    *("method", "initial", "subsequent", "in_service", "function", "kinds", "decisive", "unit", "per"),
    *("limit", "limits_from", "factor", "share", "points", "positions", "readings", "changeover"),
    *("zero_from", "guard_from", "proportion", "each_error", "extra", "shows"),
)
_SUPPORTS = "supports"


def read_item(entry: Entry, key: str, own: Mapping[str, Limited], kinds: tuple[str, ...]) -> Item:
    """One item; `own` are the limits of all items by key, for those that share another's.

    Raises RegulationWrong.
    """
    entry.only(*_ITEM_FIELDS)
    method = entry.choice("method", Method)
    needs = {stage: entry.choice(stage.value, Need) for stage in Stage}
    if Need.IF_FITTED in needs.values() and not entry.has("function"):
        entry.refuse("function", Wanted.FIELD, "tare")
    limited = _limited(entry, method, own)
    at_supports = entry.table.get("positions") == _SUPPORTS
    return Item(
        key=key,
        name_zh=entry.text("name_zh", "示值误差"),
        name_en=entry.text("name_en", "Error of indication"),
        ask_zh=entry.text_or_blank("ask_zh", "输入示值"),
        ask_en=entry.text_or_blank("ask_en", "Type in the indication"),
        note_zh=entry.text_or_blank("note_zh", "未读到原文"),
        note_en=entry.text_or_blank("note_en", "text not read"),
        reference=entry.text("reference", "JJG 539-2016"),
        confidence=entry.choice("confidence", Confidence),
        method=method,
        needs=needs,
        function=entry.text_or_blank("function", "tare"),
        kinds=_kinds(entry, kinds),
        decisive=_only_for(entry, "decisive", method, Method.CHECK),
        unit=entry.text("unit", "kPa") if entry.has("unit") else None,
        per=entry.text_or_blank("per", "min"),
        limits=limited.limits,
        factors=limited.factors,
        share=entry.share("share"),
        points=read_points(entry),
        positions=() if at_supports else entry.texts_or_none("positions", "up"),
        at_supports=at_supports,
        readings=entry.count("readings", 1),
        changeover=entry.flag("changeover"),
        zero_from=_another(entry, "zero_from", own),
        guard_from=_another(entry, "guard_from", own),
        proportion=_proportion(entry),
        each_error=_only_for(entry, "each_error", method, Method.SPREAD),
        response=_response(entry, method),
    )


def _kinds(entry: Entry, kinds: tuple[str, ...]) -> tuple[str, ...]:
    found = entry.texts_or_none("kinds", kinds[0])
    if not set(found) <= set(kinds):
        entry.refuse("kinds", Wanted.CHOICE, ", ".join(kinds))
    return found


def _only_for(entry: Entry, field: str, method: Method, wanted: Method) -> bool:
    if entry.has(field) and method is not wanted:
        entry.refuse(field, Wanted.NOTHING, f"method = {wanted.value}")
    return entry.flag(field)


def _limited(entry: Entry, method: Method, own: Mapping[str, Limited]) -> Limited:
    """The item's own limits, or those of the item it names; a check has none."""
    here = own[str(entry.table["key"])]
    if entry.has("limits_from"):
        named = own.get(entry.text("limits_from", "indication_error"))
        if named is None or not named.limits or here.limits:
            entry.refuse("limits_from", Wanted.ITEM, "indication_error")
        return Limited(named.limits, here.factors or named.factors)
    if method is Method.CHECK and here.limits:
        entry.refuse("limit", Wanted.NOTHING, "method = error")
    if method not in (Method.CHECK, Method.RESPONSE) and not here.limits:
        entry.refuse("limit", Wanted.FIELD, "[[item.limit]]")
    return here


def read_limited(entry: Entry) -> Limited:
    """The limits an item states itself."""
    return Limited(read_limits(entry), _factors(entry))


def _factors(entry: Entry) -> Mapping[Stage, Decimal]:
    if not entry.has("factor"):
        return {}
    table = entry.table_at("factor", "{ in_service = 2 }")
    table.only(*Stage)
    return {stage: table.positive(stage.value) for stage in Stage if table.has(stage.value)}


def _another(entry: Entry, field: str, own: Mapping[str, object]) -> str:
    if not entry.has(field):
        return ""
    named = entry.text(field, "zero_setting")
    if named not in own or named == entry.table["key"]:
        entry.refuse(field, Wanted.ITEM, "zero_setting")
    return named


def _proportion(entry: Entry) -> Decimal:
    if not entry.has("proportion"):
        return Decimal(100)
    figure = entry.positive("proportion")
    if figure > 100:
        entry.refuse("proportion", Wanted.DECIMAL, "95")
    return figure


def _response(entry: Entry, method: Method) -> Response | None:
    if method is not Method.RESPONSE:
        for field in ("extra", "shows"):
            if entry.has(field):
                entry.refuse(field, Wanted.NOTHING, "method = response")
        return None
    extra = _amount(entry, "extra", "1.4 d", (Measure.D, Measure.MPE))
    shows = _amount(entry, "shows", "1 d", (Measure.D, Measure.EXTRA)) if entry.has("shows") else None
    if extra[1] is Measure.MPE and not (entry.has("limit") or entry.has("limits_from")):
        entry.refuse("limits_from", Wanted.FIELD, "indication_error")
    return Response(extra, shows)


def _amount(entry: Entry, field: str, example: str, of: tuple[Measure, ...]) -> tuple[Decimal, Measure]:
    figure, _, measure = entry.text(field, example).partition(" ")
    if measure not in {word.value for word in of}:
        entry.refuse(field, Wanted.CHOICE, example)
    amount = Entry(entry.source, entry.at, {field: figure}).positive(field)
    return amount, Measure(measure)
