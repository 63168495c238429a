"""Files an office writes: TOML with its fractions exact, and its slips named by line."""

import hashlib
from pathlib import Path

import pytest

from verifier.regulation_files import digest, read_file, shipped
from verifier.rules.regulation import RegulationWrong


def test_a_file_becomes_a_document_fit_for_a_database() -> None:
    written = (
        "from = 2017-05-30\nat = 07:30:00\nhalf = 0.50\nwhole = 5\ndeep = [{ a = [1.10] }]\nyes = true\n"
    )

    assert read_file(written.encode(), "x.toml") == {
        "from": "2017-05-30",
        "at": "07:30:00",
        "half": "0.50",
        "whole": 5,
        "deep": [{"a": ["1.10"]}],
        "yes": True,
    }


def test_a_file_is_read_from_the_disk_too(tmp_path: Path) -> None:
    file = tmp_path / "office.toml"
    file.write_bytes("\ufeffcode = '中'\n".encode())

    assert read_file(file, file.name) == {"code": "中"}


@pytest.mark.parametrize(
    ("content", "at"),
    [
        (b"code = \n", "line 1"),
        (b"a = 1\nb = [1,\n\nc = 2\n", "line 4"),
        (b"a = 1\na = 2\n", "line 2"),
        (b"a = 1\nb = '\xff'\n", "line 2"),
        (b"day = 2017-02-30\n", "line 1"),
        (b"a = '", "last line"),
        (b"a = " + b"[" * 100_000, "last line"),
        (b"a = " + b"9" * 5_000, "last line"),
    ],
)
def test_what_is_no_toml_is_refused_with_its_line(content: bytes, at: str) -> None:
    with pytest.raises(RegulationWrong) as refused:
        read_file(content, "office.toml")

    assert (refused.value.facts["source"], refused.value.facts["at"]) == ("office.toml", at)


def test_every_file_that_is_shipped_is_called_by_its_code() -> None:
    assert [(name, document["code"].replace("/", "-") + ".toml") for name, document in shipped()] == [
        (name, name) for name in sorted(name for name, _ in shipped())
    ]


def test_the_digest_is_of_what_is_said_not_of_how_it_is_laid_out() -> None:
    one, other = read_file("a = 1\nb = '中'".encode(), ""), read_file("b = '中' # said\n\na=1".encode(), "")

    assert digest(one) == digest(other) == hashlib.sha256('{"a":1,"b":"中"}'.encode()).hexdigest()
    assert digest({"a": 2, "b": "中"}) != digest(one)
