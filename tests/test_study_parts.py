"""Parts of a study hold what some products are made of, and these come out the same."""

from pathlib import Path

import pytest

from circles.build.study_targets import StudyTargets
from circles.report.detail_tables import result_table
from circles.report.figures import list_figures, render
from circles.report.figures.catalogue import VARIANT_FIGURES
from circles.report.tables import list_tables
from samples import make_example, make_result, make_study, make_sweep, make_variant

pytestmark = pytest.mark.usefixtures("laid_out_once")


def make_whole(**changes):
    """Return a study of three variants, two sweeps and two examples; ``changes`` to ``line``."""
    return make_study(
        make_variant("network", repairs=["line"]),
        make_variant("line", ((1, "linear"),), **changes),
        make_variant("deep", ((3, "tanh"), (3, "relu"), (1, "sigmoid"))),
        sweeps=[make_sweep(), make_sweep("noise", variant="line", vary={"noise": [0.1, 0.2]})],
        examples=[
            make_example("moons", "moons", make_variant("bent"), noise=0.1),
            make_example(
                "xor", "xor", make_variant("corner"), make_variant("plain", ((1, "tanh"),))
            ),
        ],
    )


@pytest.fixture(scope="module")
def whole():
    """Return the whole study."""
    return make_whole()


def parts(study):
    """Return every part of ``study`` with how the names of its figures and tables end."""
    return {
        **{f"-{one.name}": study.of_variant(one) for one in study.variants},
        **{f"sweep-{one.name}": study.of_sweep(one) for one in study.experiment.sweeps},
        **{f"example-{one.name}": study.of_example(one) for one in study.experiment.examples},
    }


def products(listed, ending, kinds):
    """Return those of the ``listed`` products that are of one variant, sweep or example."""
    heads = kinds if ending.startswith("-") else [""]
    return {name: make for name, make in listed.items() if name in {h + ending for h in heads}}


def test_figures_of_a_part_are_those_of_the_whole(whole):
    """Words, numbers and pictures are the same, for every figure of a variant, sweep or example."""
    seen = []
    for ending, part in parts(whole).items():
        makes = products(list_figures(whole.experiment), ending, VARIANT_FIGURES)
        again = products(list_figures(part.experiment), ending, VARIANT_FIGURES)
        assert list(again) == list(makes)
        for name, make in again.items():
            one, other = make(part), makes[name](whole)
            assert (one.caption, one.alt, one.size) == (other.caption, other.alt, other.size)
            assert one.frame().equals(other.frame()), name
            assert render(one, "svg") == render(other, "svg")
            seen.append(name)
    whole_names = [name for name in list_figures(whole.experiment) if "-" in name]
    others = {"accuracy-over-seeds", "best-line", "loss-surface", "polygon-bound", "zero-gradients"}
    assert sorted(seen) == sorted(set(whole_names) - others - {"outcome-examples"})


def test_products_of_all_variants_need_neither_sweeps_nor_examples(whole):
    """They are the same from the variants alone, and all that show several are of this kind."""
    part = whole.of_variants()
    assert (part.experiment.sweeps, part.experiment.examples, part.sweeps) == ((), (), {})
    figures, tables = list_figures(whole.experiment), list_tables(whole.experiment)
    every = figures | tables
    assert [name for name, make in every.items() if make.about is None] == ["examples"]
    seen = {name for name, make in every.items() if make.about == "variants"}
    assert {"boundaries", "accuracy-over-seeds", "baselines", "outcomes", "repairs"} < seen
    for make in [figures[name] for name in figures if name in seen]:
        one, other = make(part), make(whole)
        assert (one.caption, one.alt) == (other.caption, other.alt)
        assert render(one, "svg") == render(other, "svg")
    for make in [tables[name] for name in tables if name in seen]:
        assert_same_table(make(part), make(whole))


def test_figures_of_the_points_need_no_runs(whole):
    """They are the same from the points alone."""
    figures = list_figures(whole.experiment)
    makes = {name: make for name, make in figures.items() if make.about == "points"}
    assert sorted(makes) == ["data", "lift", "separability"]
    for make in makes.values():
        one, other = make(whole.of_points()), make(whole)
        assert (one.caption, one.alt) == (other.caption, other.alt)
        assert render(one, "svg") == render(other, "svg")


def test_tables_of_a_part_are_those_of_the_whole(whole):
    """So are tables, down to the cells that a reader sees."""
    seen = []
    for ending, part in parts(whole).items():
        kinds = ("architecture",)
        makes = products(list_tables(whole.experiment), ending, kinds)
        for name, make in products(list_tables(part.experiment), ending, kinds).items():
            assert_same_table(make(part), makes[name](whole))
            seen.append(name)
    assert seen == [
        "architecture-network",
        "architecture-line",
        "architecture-deep",
        "sweep-width",
        "sweep-noise",
    ]
    for variant in whole.variants:
        part = whole.of_variant(variant)
        assert_same_table(result_table(variant, part), result_table(variant, whole))


def assert_same_table(one, other):
    """Hold that two tables tell the same."""
    assert one.caption == other.caption
    assert one.frame.equals(other.frame)
    assert one.cells == other.cells


def test_a_part_does_not_know_what_others_are(whole):
    """If a variant changes, the parts without it keep their experiments."""
    changed = make_whole(title="Another line", learning_rate=0.5)
    before, after = parts(whole), parts(changed)
    same = [name for name in before if before[name].experiment == after[name].experiment]
    assert same == ["-network", "-deep", "sweep-width", "example-moons", "example-xor"]


def test_no_product_knows_the_title():
    """The targets' study and all parts of it are untitled, so another title changes none."""
    study = make_study()
    results = {name: make_result(runs) for name, runs in study.runs.items()}
    made = StudyTargets(study.experiment, results, Path()).study
    assert study.experiment.title
    assert {one.experiment.title for one in (made, made.of_points(), *parts(made).values())} == {""}


def test_another_sweep_touches_no_product_of_variants():
    """Of the figures and tables there were, only the table of all results' versions is stale."""
    rates = make_sweep("rates", vary={"learning_rate": [0.1, 0.2]})
    kept, more = (
        {one.name: one.sources for one in (*targets.figures(), *targets.tables())}
        for sweeps in ([make_sweep()], [make_sweep(), rates])
        for study in [make_study(make_variant("network"), sweeps=sweeps)]
        for targets in [StudyTargets(study.experiment, {}, Path())]
    )
    assert more.keys() - kept.keys() == {"figure:sweep-rates", "table:sweep-rates"}
    stale = [name for name, sources in kept.items() if sources != more[name]]
    assert stale == ["table:versions"]


def test_a_part_has_nothing_of_others(whole):
    """Whatever is asked of another variant, sweep or example raises ``KeyError``."""
    network, line, _ = whole.variants
    part = whole.of_variant(network)
    (bent,) = whole.experiment.examples[0].variants
    for ask in (part.runs_of, part.split_of, part.reference_row, part.best_seed, part.of_variant):
        for other in (line, bent):
            with pytest.raises(KeyError, match=other.name):
                ask(other)
    with pytest.raises(KeyError):
        _ = part.pairs  # the broken one is not there
    assert (dict(part.sweeps), dict(part.examples), list(part.outcomes)) == ({}, {}, ["network"])
    assert part.split is whole.split
    with pytest.raises(KeyError):  # of the base of a sweep there are no runs
        whole.of_sweep(whole.experiment.sweeps[0]).runs_of(network)
    example = whole.of_example(whole.experiment.examples[0])
    assert example.runs_of(bent) is whole.runs_of(bent)
    assert (dict(example.runs), list(example.examples)) == ({}, ["moons"])
