"""What CONTRIBUTING, README and docstrings name is there: files, make targets, names of code."""

import ast
import re

import griffe
import pytest

from circles.common import paths

TEXTS = ("CONTRIBUTING.md", "README.md")
MADE = {
    "points.csv",
    "NAME.ipynb.j2",
    "diff.html",
    "index.html",
    "manifest.json",
}  # by those who read it, or a build
WRITTEN_BY_MACHINES = ("report/", "_site/", "_proofs/", ".venv", "old/", "dist/")
CODE = sorted((paths.ROOT / "scripts").rglob("*.py"))
TRACKED = [
    path.relative_to(paths.ROOT).as_posix()
    for folder in ("scripts", "templates", "tests", ".github", ".ci", ".devcontainer")
    for path in (paths.ROOT / folder).rglob("*")
] + [path.name for path in paths.ROOT.iterdir()]
FILE = re.compile(
    r"(?<![\w./<-])(?:[\w-]+/)*[\w.-]+\.(?:py|lua|typ|qmd|j2|md|toml|yml|json|lock|mplstyle)\b"
)


def read(name):
    """Return a text of the repository."""
    return (paths.ROOT / name).read_text(encoding="utf-8")


def spans(name):
    """Return what stands between backticks in a text, but for blocks of code."""
    text = re.sub(r"^ *```.*?^ *```$", "", read(name), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`\n]+)`", text)


def is_there(name):
    """Return whether a file or folder of the repository is called so, from some folder on."""
    wanted = name.rstrip("/")
    return any(path == wanted or path.endswith(f"/{wanted}") for path in TRACKED)


def docstrings():
    """Yield the place and the text of every docstring of our code."""
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                yield f"{path.name}:{getattr(node, 'name', '')}", ast.get_docstring(node) or ""


@pytest.mark.parametrize("name", TEXTS)
def test_the_files_and_folders_of_a_text_are_there(name):
    """Each that stands between backticks, from any folder on."""
    named = [
        one for one in spans(name) if FILE.fullmatch(one) or re.fullmatch(r"[\w.-][\w./-]*/", one)
    ]
    ours = [one for one in named if not one.startswith(WRITTEN_BY_MACHINES) and one not in MADE]
    assert len(ours) > 5
    assert [one for one in ours if not is_there(one)] == []


@pytest.mark.parametrize("name", TEXTS)
def test_the_make_targets_of_a_text_are_there(name):
    """Each after the word make."""
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), flags=re.MULTILINE))
    named = {one.split()[1] for one in spans(name) if re.match(r"make [a-z-]+", one)}
    assert named
    assert named - targets == set()


def test_the_names_of_code_in_contributing_are_there():
    """Classes, constants, and whatever is called with its module."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in CODE)
    known = set(re.findall(r"\w+", code))
    like_code = re.compile(r"(?:\w+\.)+\w+|[A-Z]+[a-z]+[A-Z]\w*|[A-Z][A-Z_]{3,}")
    words = [one.partition("(")[0] for one in spans("CONTRIBUTING.md")]
    named = [one for one in words if like_code.fullmatch(one) and not FILE.fullmatch(one)]
    assert len(named) > 3
    assert [one for one in named if one.rpartition(".")[2] not in known] == []


def test_the_files_of_docstrings_are_there():
    """Of our own folders: each with a folder before its name."""
    ours = re.compile(r"(?:scripts|templates|tests|circles|pandoc|experiment|site|report/figures)/")
    missing = [
        (place, name)
        for place, text in docstrings()
        for name in FILE.findall(text)
        if ours.match(name) and not is_there(name)
    ]
    assert missing == []


def described(module: griffe.Module):
    """Yield every function and class of a module, with the names that its docstring describes."""
    left = [module]
    while left:
        for one in left.pop().members.values():
            if one.is_alias or not (one.is_function or one.is_class):
                continue
            left += [one] if one.is_class else []
            sections = one.docstring.parsed if one.docstring else []
            lists = [s.value for s in sections if s.kind.value in {"parameters", "attributes"}]
            yield one, {part.strip() for s in lists for item in s for part in item.name.split(",")}


def names_of(one):
    """Return the parameters of a function; of a class, its members and what it is made from."""
    if one.is_function:
        return {parameter.name for parameter in one.parameters}
    made = one.members.get("__init__")
    return {*one.members, *(names_of(made) if made else ())}


def test_what_a_docstring_describes_is_there():
    """Parameters and attributes by the names that they have now."""
    wrong = {}
    for path in CODE:
        text = path.read_text(encoding="utf-8")
        module = griffe.visit(path.stem, path, text, docstring_parser="numpy")
        for one, named in described(module):
            wrong |= {one.path: gone} if (gone := named - names_of(one)) else {}
    assert wrong == {}
