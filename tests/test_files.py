"""Files are written whole, and what keeps them from it is named."""

import pytest

from circles import files


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path):
    """The message says what to do; the folder stays."""
    (tmp_path / "words.json").mkdir()
    with pytest.raises(OSError, match="a folder is in the way; move it away") as error:
        files.write_if_changed(tmp_path / "words.json", b"{}")
    assert error.value.filename == str(tmp_path / "words.json")
    assert [path.name for path in tmp_path.iterdir()] == ["words.json"]


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path):
    """It, and not the file that shall be written below it, has to go."""
    (tmp_path / "figures").write_text("mine")
    with pytest.raises(OSError, match="a file is in the way; move it away") as error:
        files.write_if_changed(tmp_path / "figures" / "data.svg", b"<svg/>")
    assert error.value.filename == str(tmp_path / "figures")
    assert (tmp_path / "figures").read_text() == "mine"
