"""Chinese names by the first letters of their pinyin: what a clerk types to find one."""

from functools import lru_cache


@lru_cache(maxsize=65_536)
def initials(name: str) -> str:
    """ "fqz" for 浮桥镇; letters and digits stay as they are, the rest is left out."""
    # Its dictionary takes longer to read than most commands take altogether.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    letters = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
    return "".join(letter for letter in letters.lower() if letter.isalnum())
