"""Figures on pages: they take the room that they will need, and a phone gets its own rendition."""

from pathlib import Path

import pytest

from circles.site import pictures

DRAWING = '<?xml version="1.0"?>\n<svg xmlns:xlink="x" width="{}pt" height="{}pt" xmlns="y"/>'
ALONE = '<p><img src="../a%20b.svg" alt="A"></p>'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder with a wide figure, its rendition for phones, and a small one."""
    (tmp_path / "a b.svg").write_text(DRAWING.format(504, 300))
    (tmp_path / "a b.narrow.svg").write_text(DRAWING.format(302.4, 600))
    (tmp_path / "small.svg").write_text(DRAWING.format(300, 300))
    (tmp_path / "other.svg").write_text("<svg/>")
    return tmp_path


def test_a_figure_says_its_size_and_that_of_its_rendition_for_phones(root: Path) -> None:
    """Both are in CSS pixels, of which 96 are an inch; the rendition is a file to copy."""
    html, files = pictures.place(ALONE, "report/x.html", root)
    assert '<img width="672" height="400" src="../a%20b.svg" alt="A">' in html
    assert f'media="{pictures.PHONE}" srcset="../a%20b.narrow.svg" width="403" height="800"' in html
    assert files == ["a b.narrow.svg"]


def test_what_is_below_the_first_figure_is_loaded_late(root: Path) -> None:
    """The first one is shown at once: it stands where the page is opened."""
    html, _ = pictures.place('<img src="small.svg" alt="A">' * 3, "index.html", root)
    assert html.count("<img") == 3
    assert html.count('loading="lazy"') == 2
    assert html.startswith('<img width="400"')


@pytest.mark.parametrize(
    "image",
    ['<img src="none.svg">', '<img src="photo.png">', '<img src="other.svg">', '<img alt="x.svg">'],
)
def test_other_pictures_stay_as_they_are(root: Path, image: str) -> None:
    """What is not there, is no drawing of ours or says no size is left to the browser."""
    assert pictures.place(image, "index.html", root, enlarge=True) == (image, [])


def test_placing_twice_changes_nothing_more(root: Path) -> None:
    """Quarto's pages may be completed again."""
    once = pictures.place(ALONE, "report/x.html", root).html
    assert pictures.place(once, "report/x.html", root).html == once


def test_an_enlargeable_figure_is_a_link_to_itself(root: Path) -> None:
    """Without scripts it opens by itself."""
    html, _ = pictures.place('<img src="small.svg" alt="A">', "index.html", root, enlarge=True)
    assert html.startswith('<a class="enlarge" href="small.svg"><img ')
