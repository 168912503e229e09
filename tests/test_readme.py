"""README: its examples, pasted to the letter, work, and the commands that it names are there."""

import re
import shutil
import tomllib

import pytest

from circles.build import chain
from circles.common import paths
from circles.experiment.activations import ACTIVATIONS
from circles.experiment.initializers import INITIALIZERS
from circles.experiment.losses import LOSSES
from circles.experiment.optimizers import OPTIMIZERS
from circles.experiment.schedules import SCHEDULES
from circles.experiment.spec import Experiment, SpecError, load
from circles.report import context_json, files_of
from circles.report.pages import render_pages
from circles.report.template_set import read_set
from faults import sketch
from tutorial import FILE

README = (paths.ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
BLOCKS = [
    (language, re.sub(f"^{indent}", "", text, flags=re.MULTILINE))
    for indent, language, text in BLOCK.findall(README)
]
EVERY = [text for language, text in BLOCKS if language == "toml"]
(THREE_LABELS,) = (text for text in EVERY if "softmax" in text)  # variants for three labels
TOML = [text for text in EVERY if text != THREE_LABELS]  # what goes with two
CODE = re.findall(r"`([^`\n]+)`", README) + [
    line.partition("#")[0].strip()
    for language, text in BLOCKS
    if language == "sh"
    for line in text.splitlines()
]


def without_sweeps(text, *names):
    """Return the text of an experiment without some sweeps."""
    for name in names:
        found = rf'^\[\[sweep\]\]\nname = "{name}".*?(?=^\[)'
        text = re.sub(found, "", text, flags=re.MULTILINE | re.DOTALL)
    return text


def paste(text, block):
    """Put a block of README where README says, into the text of an experiment."""
    tables = tomllib.loads(block)
    first = text.index("[[variant]]")
    if "title" in tables:  # in the place of everything above the first variant
        return f"{block}\n{without_sweeps(text[first:], 'factor')}"
    if "dataset" in tables:  # in the place of that table
        head, rest = text[: text.index("[dataset]")], text[first:]
        return f"{head}{block}\n{without_sweeps(rest, 'factor', 'noise')}"
    if block == THREE_LABELS:  # in the place of every variant and sweep
        return f"{text[:first]}{block}\n{text[text.index('[[example]]') :]}"
    if block.startswith("[["):  # at the end
        return f"{text}\n{block}"
    return text.replace('kind = "csv"\n', f'kind = "csv"\n{block}')


@pytest.fixture
def folder(tmp_path):
    """Return a folder with the tables that README's examples read."""
    rows = [f"{i % 7},5;{i % 5},25;{'ab'[i % 2]}" for i in range(60)]
    header = "bill_length_mm;bill_depth_mm;species"
    (tmp_path / "points.csv").write_text("\n".join([header, *rows]), "cp1252")
    return tmp_path


def write_penguins(folder):
    """Write a table like that of the penguins, which many people try first."""
    header = "species;island;bill_length_mm;bill_depth_mm;sex"
    species = ("Adelie", "Chinstrap", "Gentoo")
    rows = [f"{species[i % 3]};Dream;{i % 7 + 32},5;{i % 5 + 13},25;male" for i in range(60)]
    rows[3] = "Adelie;Biscoe;NA;NA;"
    (folder / "points.csv").write_text("\n".join([header, *rows]), "cp1252")


def load_text(folder, text):
    """Load an experiment from its text."""
    (folder / "circles.toml").write_text(text, encoding="utf-8")
    return load(folder / "circles.toml")


@pytest.mark.parametrize("block", TOML, ids=lambda block: block.partition("\n")[0])
def test_an_example_of_an_experiment_loads(folder, block):
    """Each on its own, pasted into the tutorial's experiment; keys of a table into that table."""
    text = FILE.read_text(encoding="utf-8")
    tables = tomllib.loads(block)
    if not (tables.keys() & {"dataset", "variant", "sweep"}):
        csv = next(one for one in TOML if 'kind = "csv"' in one)
        text = paste(text, csv)
    text = paste(text, block)
    experiment = load_text(folder, text)
    names = {one.name for one in (*experiment.variants, *experiment.sweeps)}
    assert {one["name"] for kind in ("variant", "sweep") for one in tables.get(kind, [])} <= names


def test_the_examples_load_a_table_of_three_labels(folder):
    """That of the penguins: the data set, its keys, and the variants for three labels."""
    write_penguins(folder)
    text = FILE.read_text(encoding="utf-8")
    csv, keys = (
        next(block for block in TOML if mark in block)
        for mark in ('kind = "csv"', "missing_values = ")
    )
    text = paste(paste(text, csv), keys)
    with pytest.raises(SpecError, match=r"units = 3, activation = .softmax"):
        load_text(folder, text)
    experiment = load_text(folder, paste(text, THREE_LABELS))
    assert experiment.dataset.classes == ("Adelie", "Chinstrap", "Gentoo")
    assert [one.columns for one in experiment.variants] == [3, 3]
    assert experiment.sweeps == ()


@pytest.mark.training
def test_the_examples_together_are_built(folder, monkeypatch):
    """In few seeds and epochs: half moons, another variant, another sweep, and every page."""
    monkeypatch.setattr(files_of, "renditions", sketch)
    text = FILE.read_text(encoding="utf-8")
    for block in TOML:
        tables = tomllib.loads(block)
        if {"variant", "sweep", "title"} & tables.keys():
            text = paste(text, block)
    described = tomllib.loads(text) | {"seeds": 2, "example": []}
    described["dataset"] |= {"samples": 40}
    wanted = {one["name"] for block in TOML for one in tomllib.loads(block).get("variant", [])}
    added = {one["name"] for block in TOML for one in tomllib.loads(block).get("sweep", [])}
    described["sweep"] = [
        {**one, "vary": {key: values[:2] for key, values in one["vary"].items()}}
        for one in described["sweep"]
        if one["name"] in added
    ]
    wanted |= {one["variant"] for one in described["sweep"]}
    described["variant"] = [
        {**one, "epochs": 2, "repairs": []} for one in described["variant"] if one["name"] in wanted
    ]
    assert described["variant"]
    assert described["sweep"]
    chain.build(chain.BuildOptions(Experiment.model_validate(described), folder / "report"))
    pages = [path.stem for path in (folder / "report" / "variants").glob("*.qmd")]
    assert sorted(pages) == sorted(wanted)


def test_the_example_of_a_claim_is_one(miniature, tmp_path):
    """Pasted into a chapter it is checked, told on the page of claims, and holds."""
    (example,) = [text for language, text in BLOCKS if not language]
    templates = shutil.copytree(paths.TEMPLATES, tmp_path / "templates")
    with (templates / "circles" / "lines.qmd.j2").open("a", encoding="utf-8") as file:
        file.write(f"\n{example}")
    described = context_json.decode((miniature / "report" / "context.json").read_bytes())
    name = re.search(r'<% claim "([\w-]+)"', example)[1]
    found = [
        claim
        for claim in render_pages(described, read_set(templates / "circles", templates, "t")).claims
        if claim.name == name
    ]
    assert [claim.holds for claim in found] == [True]


def test_the_commands_are_there():
    """Every target, setting, script, option and file that README names."""
    makefile = (paths.ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    settings = set(re.search(r"^SETTINGS := (.*)$", makefile, flags=re.MULTILINE)[1].split())
    made = [code.split()[1:] for code in CODE if code.startswith("make ")]
    named = {word for words_ in made for word in words_ if re.fullmatch("[a-z-]+", word)}
    assert named - targets == set()
    assert {"report", "test"} <= named
    given = {word.partition("=")[0] for code in made for word in code if re.match("[A-Z]+=", word)}
    assert given - settings == set()
    scripts = {name for code in CODE for name in re.findall(r"(scripts/\w+\.py)", code)}
    assert {name for name in scripts if not (paths.ROOT / name).is_file()} == set()
    assert "scripts/set_up.py" in scripts


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("activation", {*ACTIVATIONS, "softmax"}),
        ("initializer", INITIALIZERS),
        ("learning_rate", SCHEDULES),
        ("loss", LOSSES),
        ("optimizer", OPTIMIZERS),
    ],
)
def test_the_table_of_training_has_every_name(key, names):
    """That of each activation and option, in the row of its key."""
    (row,) = re.findall(rf"^\| `{key}`[^|]*\|(.*)\|$", README, flags=re.MULTILINE)
    assert set(names) - set(re.findall(r"`(\w+)`", row)) == set()


def test_the_guide_makes_the_wheel_as_readme_does():
    """By pip, which asks for no other package, and by uv where that has made the environment."""
    commands = {code for code in CODE if "wheel" in code}
    assert commands == {"python3 -m pip wheel --no-deps --wheel-dir dist .", "uv build --wheel"}
    guide = (paths.TEMPLATES / "guide.qmd.j2").read_text(encoding="utf-8")
    assert {code for code in re.findall(r"`([^`\n]+)`", guide) if "wheel" in code} == commands
