from pathlib import Path

import pytest

from tools.faults.faults import UNCHANGED, Fault, make, read_faults
from tools.project import ROOT

FAULT = Fault("one is two", "number.txt", "one", "two")


def test_a_fault_changes_its_text(tmp_path: Path) -> None:
    (tmp_path / "number.txt").write_text("It is one.")
    make(FAULT, tmp_path)
    assert (tmp_path / "number.txt").read_text() == "It is two."


@pytest.mark.parametrize(("text", "times"), [("one and one", 2), ("nothing", 0), (None, 0)])
def test_a_text_that_does_not_stand_there_once_is_refused(tmp_path: Path, text: str | None, times: int) -> None:
    if text is not None:
        (tmp_path / "number.txt").write_text(text)
    with pytest.raises(SystemExit, match=f"one is two: `old` stands {times} times in number.txt, not once"):
        make(FAULT, tmp_path)


def test_nothing_is_changed_where_nothing_is_to_be(tmp_path: Path) -> None:
    make(UNCHANGED, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fault", read_faults(), ids=lambda fault: fault.what)
def test_every_fault_of_the_project_can_be_made(fault: Fault) -> None:
    assert (ROOT / fault.file).read_text().count(fault.old) == 1
    assert fault.old != fault.new


def test_no_two_faults_have_one_description() -> None:
    described = [fault.what for fault in read_faults()]
    assert len(set(described)) == len(described)
