"""``make proofs``: pictures of the whole site, to look it over."""

import sys
from contextlib import nullcontext

import pypdfium2
import pytest
from PIL import Image

import proofs
from books import program


def make_pdf(path, count):
    """Write a PDF of so many empty pages."""
    with pypdfium2.PdfDocument.new() as document:
        for _ in range(count):
            document.new_page(210, 297).close()
        document.save(path)


def test_every_page_of_a_pdf_is_on_a_sheet(tmp_path):
    """Twenty-five pages are one full sheet and a page; the second is but one row high."""
    make_pdf(tmp_path / "book.pdf", 25)
    assert proofs.photograph_pdfs(tmp_path, tmp_path) == 2
    with Image.open(tmp_path / "pdf-book-01.png") as whole:
        assert whole.height == 4 * (proofs.THUMB + proofs.MARGIN + proofs.CAPTION)
    with Image.open(tmp_path / "pdf-book-02.png") as rest:
        assert rest.height * 4 == whole.height
        assert rest.getpixel((proofs.THUMB // 3, proofs.THUMB // 2)) == (255, 255, 255)


def test_without_a_site_it_says_how_to_make_one(tmp_path, monkeypatch):
    """Nothing is written: there is nothing to photograph."""
    monkeypatch.setattr(
        sys, "argv", ["proofs", "--site", str(tmp_path), "--out", str(tmp_path / "o")]
    )
    with pytest.raises(SystemExit, match="make report"):
        proofs.main()
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        (["chromium", "chromium-headless-shell"], "chromium-headless-shell"),
        (["chromium"], "chromium"),
    ],
)
def test_the_browser_is_the_one_without_windows(tmp_path, monkeypatch, there, taken):
    """Where the machine has Chromium in both forms, the one that draws no windows is opened."""
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in there:
        program(tmp_path, name)
    assert proofs.find_browser() == str(tmp_path / taken)


def test_without_a_browser_none_is_found(tmp_path, monkeypatch):
    """So that tests can skip and say so."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert proofs.find_browser() is None


def test_a_page_is_taken_whole_at_each_width_in_both_schemes(browser, tmp_path, monkeypatch):
    """The foot of a page that is higher than the window is in the picture, in either scheme."""
    monkeypatch.setattr(proofs, "open_browser", lambda: nullcontext(browser))
    style = (
        "body { margin: 0; height: 2000px; background: white }"
        "@media (prefers-color-scheme: dark) { body { background: black } }"
    )
    (tmp_path / "index.html").write_text(f"<!doctype html><title>x</title><style>{style}</style>")
    assert proofs.photograph_pages(tmp_path, tmp_path) == 6
    for scheme, colour in (("light", (255, 255, 255)), ("dark", (0, 0, 0))):
        with Image.open(tmp_path / f"390-{scheme}-index.png") as picture:
            assert picture.size == (390, 2000)
            assert picture.convert("RGB").getpixel((200, 1990)) == colour
