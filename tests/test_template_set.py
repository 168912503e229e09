"""Which templates make a book: ours by the kind of data, or a folder of the user's."""

import shutil

import pytest

from circles.common import paths
from circles.common.errors import CirclesError
from circles.experiment.spec import SpecError, load
from circles.report.pages import PageError, make_environment, mistakes_named, read_front
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


X = 'chapters = ["x"]'


def said(chapters, **texts):
    """Return what book.toml says: chapters, and texts as TOML has them."""
    lines = ({"subtitle": "a", "description": "b"} | texts).items()
    return "\n".join([*(f'{key} = "{text}"' for key, text in lines), chapters])


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
    ("text", "wrong"),
    [
        (None, "no such file. Received: /"),
        ("chapters = [", "line 1, column 13: not TOML: Invalid value. "),
        ("caf\xe9", r"line 1: not UTF-8. Allowed: UTF-8. Received: b'\xe9'"),
        ("a = " + "[" * 3000, "nested too deeply. Allowed: a text file in TOML 1.0. "),
        ("# soon", "top level: subtitle: missing. Allowed: a text, at most 500 characters, one "),
        (said("chapters = []"), "top level: chapters: too few. Allowed: an array of different "),
        (said('chapters = "a"'), "top level: chapters: wrong type. Allowed: an array of "),
        (said('chapters = ["a", 1]'), "top level: chapters 2: wrong type. Allowed: a text, at "),
        (said('chapters = ["../x"]'), "top level: chapters 1: not a slug. Allowed: a text, at "),
        (said('chapters = ["con"]'), "top level: chapters 1: a reserved file name. Allowed: "),
        (said('chapters = ["index"]'), "top level: chapters 1: a reserved file name. Allowed: "),
        (said('chapters = ["claims"]'), "top level: chapters 1: already the name of a page. "),
        (said('chapters = ["a", "a"]'), "top level: chapters 2: already the name of a page. "),
        (said('chapter = ["a"]'), "top level: chapter: unknown key. Allowed: title, subtitle, "),
        (said(X, subtitle=r"a\nb"), "top level: subtitle: not one line of visible characters: "),
        (said(X, subtitle=r"\u202eb"), "top level: subtitle: not one line of visible characters: "),
        (said(X, subtitle="  "), "top level: subtitle: no letter or digit, or spaces around it. "),
        (said(X, subtitle="x" * 501), "top level: subtitle: too long. Allowed: a text, at most "),
        (said(X, title=r"a\nb"), "top level: title: not one line of visible characters: "),
    ],
)
def test_a_book_that_cannot_be_read_is_named(tmp_path, text, wrong):
    """Whatever is wrong with book.toml, one message says where, as about the experiment file."""
    (tmp_path / "mine").mkdir()
    if text:
        (tmp_path / "mine" / BOOK).write_bytes(text.encode("latin-1"))
    with pytest.raises(PageError) as refused:
        find_set(read(tmp_path, "mine"))
    message = str(refused.value)
    assert message.startswith(f"mine/book.toml: {wrong}")
    assert message.isprintable()
    assert len(message) < 500


def test_a_book_may_begin_with_a_byte_order_mark(tmp_path):
    """As editors of Windows write it, and as the experiment file may."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / BOOK).write_text("\ufeff" + said(X), encoding="utf-8")
    assert find_set(read(tmp_path, "mine")).chapters == ("x",)


DEEP = "(" * 5000 + "1" + ")" * 5000


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (
            b"one\ncaf\xe9\n",
            r"mine/data.qmd.j2: line 2: not UTF-8. Allowed: UTF-8. Received: b'\xe9'",
        ),
        (f"<< {DEEP} >>".encode(), "mine/data.qmd.j2: nested too deeply"),
        (b"<% macro m(a, a) %><% endmacro %>", "mine/data.qmd.j2: duplicate argument 'l_1_a' "),
        (b'\n<% include "data.qmd.j2" %>', "mine/data.qmd.j2, line 2: maximum recursion depth "),
    ],
)
def test_a_template_that_cannot_be_read_is_named(tmp_path, content, wrong):
    """Not in UTF-8, too deep for Jinja, or what only Python refuses: one line says where."""
    mine = shutil.copytree(paths.TEMPLATES / "plain", tmp_path / "mine")
    (mine / "data.qmd.j2").write_bytes(content)
    environment = make_environment(find_set(read(tmp_path, "mine")))
    with pytest.raises(CirclesError) as refused, mistakes_named(environment):
        environment.get_template("data.qmd.j2").render()
    assert str(refused.value).startswith(wrong)
    assert "\n" not in str(refused.value)


def test_figures_are_not_looked_for_in_what_is_no_text(tmp_path):
    """A template that is not UTF-8 is named where all of them are searched, too."""
    mine = shutil.copytree(paths.TEMPLATES / "plain", tmp_path / "mine")
    (mine / "data.qmd.j2").write_bytes(b"caf\xe9")
    with pytest.raises(CirclesError, match=r"mine/data\.qmd\.j2: line 1: not UTF-8"):
        find_set(read(tmp_path, "mine")).shows("data")


def test_a_front_page_that_is_no_text_is_named(tmp_path):
    """What people write around the essay is read for its title."""
    (tmp_path / "index.qmd").write_bytes(b"# A\n\ncaf\xe9")
    with pytest.raises(CirclesError, match=r"^index\.qmd: line 3: not UTF-8"):
        read_front(tmp_path / "templates")


def test_a_template_that_a_book_lacks_is_named(tmp_path):
    """A chapter without a template stops before anything is written."""
    mine = shutil.copytree(paths.TEMPLATES / "plain", tmp_path / "mine")
    (mine / "data.qmd.j2").unlink()
    environment = make_environment(find_set(read(tmp_path, "mine")))
    refused = pytest.raises(PageError, match=r"mine/data\.qmd\.j2: there is no such template")
    with refused, mistakes_named(environment):
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
