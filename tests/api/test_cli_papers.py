import zipfile

import pypdf
import pytest
from typer.testing import CliRunner

from api.cli import app
from tests.api.terminal import put_papers
from verifier.errors import VerifierError


@pytest.fixture
def office(database_url, tmp_path, monkeypatch):
    """A database with papers, in a folder of its own."""
    put_papers(database_url)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VERIFIER_DATABASE_URL", database_url)
    monkeypatch.setenv("VERIFIER_SECRET_KEY", "a secret of tests that nobody else will ever know")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return tmp_path


def run(*words):
    """Standard output, or the refusal that `main` would say."""
    done = CliRunner().invoke(app, list(words))
    if isinstance(done.exception, VerifierError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done


def text_of(file):
    return "".join(page.extract_text() for page in pypdf.PdfReader(file).pages)


def test_all_papers_in_one_pdf(office):
    done = run("print", "certificates", "-o", "all.PDF")
    assert done.stdout == "3 papers were written to all.PDF.\n"
    assert done.stderr == ""
    assert [f"office2026-LX-00000{number}" in text_of(office / "all.PDF") for number in (1, 2, 3)] == [
        True
    ] * 3


def test_a_day_and_a_district_as_zip(office):
    run("print", "certificates", "--on", "2026-05-01", "--district", "320585", "-o", "day.zip")
    with zipfile.ZipFile(office / "day.zip") as archive:
        assert archive.namelist() == [
            "office2026-LX-000001 王记海鲜.pdf",
            "office2026-LX-000002 王记海鲜.pdf",
        ]


def test_labels(office):
    done = run("print", "labels", "--on", "2026-05-01", "--sheet", "a4-14", "--skip", "2", "-o", "l.pdf")
    assert done.stdout == "2 labels were written to l.pdf.\n"
    assert "office2026-LX-000002" in text_of(office / "l.pdf")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["certificates", "-o", "papers.doc"], "Papers are written as .pdf or .zip; papers.doc is neither."),
        (["certificates", "NONE", "-o", "a.pdf"], "There is no programme NONE."),
        (["certificates", "--on", "2026-01-01", "-o", "a.zip"], "There is nothing to print."),
        (["labels", "--sheet", "a3", "-o", "a.pdf"], "There is no label sheet a3; there are a4-24, a4-14,"),
        (["certificates", "-o", "nowhere/a.zip"], "The file nowhere/a.zip cannot be written: No such file"),
        (["certificates", "-o", "nowhere/a.pdf"], "The file nowhere/a.pdf cannot be written: No such file"),
    ],
)
def test_a_refusal_says_why_and_writes_nothing(office, words, sentence):
    with pytest.raises(VerifierError) as refusal:
        run("print", *words)
    assert refusal.value.sentence().startswith(sentence)
    assert [file.name for file in office.iterdir() if file.suffix in (".pdf", ".zip", ".doc")] == []


def test_a_regulation_is_taken_in_once(office):
    (office / "own.toml").write_text(
        'code = "Q/TC 1-2026"\ntitle_zh = "自校"\ntitle_en = "Own"\ndocument = "test_record"\n'
        'kinds = ["glucose_meter"]\nconfidence = "high"\n[[item]]\nkey = "looks"\nname_zh = "外观"\n'
        'name_en = "Looks"\nreference = "1"\nconfidence = "high"\nmethod = "check"\n'
        'initial = "required"\nsubsequent = "required"\nin_service = "required"\n'
    )
    first, again = (run("import", "regulation", "own.toml").stdout for _ in range(2))
    assert first == "Q/TC 1-2026: 1 items for 1 kinds of instrument were taken in.\n"
    assert again == "Q/TC 1-2026: 1 items for 1 kinds of instrument stand already, unchanged.\n"


def test_a_wrong_regulation_is_refused_with_file_place_and_field(office):
    (office / "own.toml").write_text('code = "Q/TC 1-2026"\n')
    with pytest.raises(VerifierError) as refusal:
        run("import", "regulation", "own.toml")
    assert (refusal.value.code, refusal.value.facts["source"]) == ("RegulationWrong", "own.toml")
    assert "own.toml, regulation" in refusal.value.sentence()


@pytest.mark.usefixtures("office")
def test_doctor_says_which_font_papers_are_printed_with():
    assert "Font of papers: Noto Sans SC" in run("doctor").stdout


def test_doctor_says_that_there_is_no_font(office, monkeypatch):
    monkeypatch.setenv("VERIFIER_FONT_PATH", str(office))
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 1
    assert f"Font of papers: There is no Chinese font to print with in {office}." in done.stdout
