"""What an instrument is used for; the law makes verification mandatory for the first four."""

import re
from enum import StrEnum


class Purpose(StrEnum):
    TRADE = "trade"
    MEDICAL = "medical"
    SAFETY = "safety"
    ENVIRONMENT = "environment"
    OTHER = "other"


class UnknownPurpose(ValueError):
    """The text names no use the register knows."""


_SYNONYMS = {
    Purpose.TRADE: ("贸易结算", "贸易", "结算", "计价", "公平秤", "trade", "tradesettlement"),
    Purpose.MEDICAL: ("医疗卫生", "医疗", "卫生", "诊疗", "medical", "medicalandhealth", "health"),
    Purpose.SAFETY: ("安全防护", "安全", "安全监测", "safety", "safetyprotection"),
    Purpose.ENVIRONMENT: ("环境监测", "环境", "环保", "环境保护", "environment", "environmentalmonitoring"),
    Purpose.OTHER: ("其他", "其它", "内部使用", "教学", "科研", "other"),
}
_PURPOSES = {word: purpose for purpose, words in _SYNONYMS.items() for word in words}


def purpose(text: str) -> Purpose | None:
    """The purpose a folded text names, or None where nothing is said."""
    if not text:
        return None
    word = re.sub(r"[\s_/、]", "", text.casefold()).removesuffix("用")
    if word not in _PURPOSES:
        raise UnknownPurpose(text)
    return _PURPOSES[word]
