"""fabricfinder labels export and import, as a person types them."""

import pytest

from fabricfinder import commands
from fabricfinder.__main__ import main
from fabricfinder.domain.opinion import Opinion
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
from fabricfinder.library import Library


@pytest.fixture
def folder(tmp_path, swatch_folder, fake_encoder, monkeypatch):
    finder = Finder(fake_encoder)
    monkeypatch.setattr(commands, "finder_here", lambda: Finder(fake_encoder))
    run_to_end(finder.open_library(tmp_path / "library", create=True))
    run_to_end(finder.import_paths([str(swatch_folder)]))
    finder.close()
    return tmp_path / "library"


def test_labels_go_out_and_come_in_again(folder, tmp_path, capsys):
    path, empty = tmp_path / "labels.csv", tmp_path / "empty.csv"
    assert main(["labels", "export", "--library", str(folder), str(empty)]) == 1
    with Library.open(folder) as library:
        first = library.swatches()[0].id
        library.say([Opinion(first, "fine", "poplin", "Ada", 1)])
    assert main(["labels", "export", "--library", str(folder), str(path)]) == 0
    assert "1 labels written" in capsys.readouterr().out
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) == 2 and ",fine,poplin,Ada,1," in lines[1]
    path.write_text("\n".join([*lines, lines[1].replace(first, "0" * 40).replace("swatch-", "x")]))
    path.write_text(path.read_text("utf-8").replace("poplin", "felt"), "utf-8")
    assert main(["labels", "import", "--library", str(folder), str(path)]) == 0
    told = capsys.readouterr()
    assert "1 labels read" in told.out and "1 speak of pictures" in told.err
    with Library.open(folder) as library:
        assert library.swatches()[0].labels.fine == "felt"
        assert [s.name for s in library.history()][-1] == "Read labels from labels.csv"


def test_a_wrong_file_gets_a_sentence(folder, tmp_path, capsys):
    assert main(["labels", "export", "--library", str(folder), str(tmp_path / "x.txt")]) == 1
    assert "must end in .csv" in capsys.readouterr().err
