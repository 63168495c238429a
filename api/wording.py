"""What Pydantic finds wrong with a request, field by field, in the caller's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verifier.i18n import mark, say

_UNKNOWN = mark("There is no such field.")
_WHOLE_NUMBER = mark("This must be a whole number.")
_NUMBER = mark("This must be a number.")
_DAY = mark("This must be a day, written as 2026-05-31.")
_TEXT = mark("This must be text.")
_YES_NO = mark("This must be true or false.")
_LIST = mark("This must be a list.")
_OBJECT = mark("This must be an object with named fields.")
_INSTANT = mark("This must be a day and time, written as 2026-05-31T08:00:00Z.")

# By the name of Pydantic's fault; what is not here keeps Pydantic's own English.
_SENTENCES = {
    "missing": mark("This is needed."),
    "missing_keyword_only_argument": mark("This is needed."),
    "unexpected_keyword_argument": _UNKNOWN,
    "extra_forbidden": _UNKNOWN,
    "json_invalid": mark("This is not JSON: {error}."),
    "string_type": _TEXT,
    "string_unicode": _TEXT,
    "string_too_short": mark("This needs at least {min_length} characters."),
    "string_too_long": mark("This has more than {max_length} characters."),
    "too_short": mark("This needs at least {min_length} entries."),
    "too_long": mark("This has more than {max_length} entries."),
    "string_pattern_mismatch": mark("This is not written in the expected form."),
    "int_type": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "int_parsing_size": _WHOLE_NUMBER,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "bool_type": _YES_NO,
    "bool_parsing": _YES_NO,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "datetime_type": _INSTANT,
    "datetime_parsing": _INSTANT,
    "datetime_from_date_parsing": _INSTANT,
    "enum": mark("This must be one of {expected}."),
    "literal_error": mark("This must be one of {expected}."),
    "greater_than": mark("This must be more than {gt}."),
    "greater_than_equal": mark("This must be at least {ge}."),
    "less_than": mark("This must be less than {lt}."),
    "less_than_equal": mark("This must be at most {le}."),
    "list_type": _LIST,
    "tuple_type": _LIST,
    "dict_type": _OBJECT,
    "dataclass_type": _OBJECT,
    "model_attributes_type": _OBJECT,
}
_PLACES = ("body", "query", "path", "header", "cookie")


@dataclass(frozen=True)
class FieldFault:
    """The field's path, as in `readings.0.load`, and what is wrong with it."""

    field: str
    message: str


def fault_of(error: Mapping[str, Any], language: str) -> FieldFault:
    """One of Pydantic's or FastAPI's error dictionaries, said to the caller."""
    place: Sequence[object] = error["loc"]
    path = place[1:] if place and place[0] in _PLACES else place
    sentence = _SENTENCES.get(error["type"])
    message = say(sentence, language, error.get("ctx")) if sentence else str(error["msg"])
    return FieldFault(".".join(str(step) for step in path), message.removeprefix("Value error, "))
