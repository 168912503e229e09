"""Which templates make a book: ours by the kind of data, or a folder of the user's."""

import shutil

import pytest

from circles.common import paths
from circles.experiment.spec import SpecError, load
from circles.report.pages import PageError, make_environment, mistakes_named
from circles.report.template_set import BOOK, book_title, find_set
from miniature import MINIATURE

MOONS = MINIATURE.replace(
    'kind = "circles"\nsamples = 40\nnoise = 0.03\nfactor = 0.5',
    'kind = "moons"\nsamples = 40\nnoise = 0.1',
).partition("[[sweep]]")[0]


def read(folder, book=None, text=MINIATURE):
    """Return an experiment in ``folder`` that names a book, or none."""
    named = f'book = "{book}"\n' if book else ""
    (folder / "circles.toml").write_text(f"{named}{text}")
    return load(folder / "circles.toml")


@pytest.mark.parametrize(
    ("book", "text", "name"),
    [
        (None, MINIATURE, "templates/circles"),
        (None, MOONS, "templates/plain"),
        ("plain", MINIATURE, "templates/plain"),
        ("circles", MOONS, "templates/circles"),
    ],
)
def test_the_kind_of_data_chooses_the_book_unless_the_file_does(tmp_path, book, text, name):
    """Circles have the book about circles, and any other data the plain one."""
    assert find_set(read(tmp_path, book, text)).name == name


def test_a_folder_of_ones_own_shares_what_it_lacks(tmp_path):
    """Its own templates come first; those of every book are found without a copy."""
    mine = shutil.copytree(paths.TEMPLATES / "plain", tmp_path / "mine")
    found = find_set(read(tmp_path, "mine"))
    assert (found.find("data.qmd.j2"), found.chapters[0]) == (mine / "data.qmd.j2", "data")
    assert found.find("claims.qmd.j2") == paths.TEMPLATES / "claims.qmd.j2"
    assert found.label(mine / "data.qmd.j2") == "mine/data.qmd.j2"


@pytest.mark.parametrize(
    ("book", "wrong"),
    [
        ("gone", "no such folder"),
        ("circles.toml", "not a folder"),
        ("../mine", "leads out of the folder"),
        ("/mine", "not a relative path"),
        ("link", "leads out of the folder"),
    ],
)
def test_what_is_no_folder_of_templates_is_refused(tmp_path, book, wrong):
    """The message names the key, what is wrong, what is allowed and what was received."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path)
    with pytest.raises(SpecError, match=rf"book: .*{wrong}.*Allowed: .*plain.*Received"):
        read(folder, book)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, r"mine/book.toml: missing"),
        ("chapters = [", r"mine/book.toml: "),
        ('subtitle = "a"\ndescription = "b"\nchapters = ["claims"]', "already"),
        ('subtitle = "a"\ndescription = "b"\nchapters = ["../x"]', "chapters.0: "),
        ('title = "a\\nb"\nsubtitle = "a"\ndescription = "b"\nchapters = ["x"]', "title: .*line"),
    ],
)
def test_a_book_that_cannot_be_read_is_named(tmp_path, text, said):
    """Whatever is wrong with book.toml, one message says where."""
    (tmp_path / "mine").mkdir()
    if text:
        (tmp_path / "mine" / BOOK).write_text(text)
    with pytest.raises(PageError, match=said):
        find_set(read(tmp_path, "mine"))


def test_a_template_that_a_book_lacks_is_named(tmp_path):
    """A chapter without a template stops before anything is written."""
    mine = shutil.copytree(paths.TEMPLATES / "plain", tmp_path / "mine")
    (mine / "data.qmd.j2").unlink()
    environment = make_environment(find_set(read(tmp_path, "mine")))
    said = pytest.raises(PageError, match=r"mine/data\.qmd\.j2: there is no such template")
    with said, mistakes_named(environment):
        environment.get_template("data.qmd.j2")


def test_a_set_may_name_its_book(tmp_path):
    """The title in book.toml comes before that of the experiment, which others are called by."""
    mine = shutil.copytree(paths.TEMPLATES / "plain", tmp_path / "mine")
    assert book_title(read(tmp_path, "mine")) == "A miniature"
    named = (mine / BOOK).read_text() + 'title = "My points"\n'
    (mine / BOOK).write_text(named)
    assert book_title(read(tmp_path, "mine")) == "My points"


def test_a_set_may_bring_notebooks(tmp_path):
    """Every template of a notebook in the folder is one, whatever it is called."""
    mine = shutil.copytree(paths.TEMPLATES / "plain", tmp_path / "mine")
    assert find_set(read(tmp_path, "mine")).notebooks == ()
    (mine / "lesson.ipynb.j2").write_text("# << report.title >>\n")
    assert find_set(read(tmp_path, "mine")).notebooks == ("lesson.ipynb",)


def test_only_the_figures_that_a_set_shows_are_wanted(tmp_path):
    """A template names it in quotes, as an attribute or by its file, whole or how it begins."""
    mine = shutil.copytree(paths.TEMPLATES / "plain", tmp_path / "mine")
    found = find_set(read(tmp_path, "mine"))
    kinds = ("data", "boundaries", "history-linear", "survival", "sweep-noise", "best-line")
    assert [one for one in kinds if not found.shows(one)] == []
    others = ("lift", "tangent", "kinks-linear")
    assert [one for one in others if found.shows(one)] == []
    (mine / "data.qmd.j2").write_text("<< figures.lift.alt >> << m.figure('kinks-' ~ name) >>")
    (mine / "front.qmd.j2").write_text("![](report/figures/tangent.svg)")
    found = find_set(read(tmp_path, "mine"))
    assert [one for one in others if not found.shows(one)] == []
