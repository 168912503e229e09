"""Texts that want to be more than text, and a report whose every title is one of them."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path

from circles.analysis.study import Study
from circles.common import files
from circles.experiment.model_code import source_code
from circles.report.captions import describe_figure, describe_table
from circles.report.citation import Citation
from circles.report.context import make_context
from circles.report.detail_tables import list_details
from circles.report.figures import list_figures
from circles.report.files_of import as_csv
from circles.report.pages import BOOK, Rendering, make_book, render_pages
from circles.report.tables import list_tables
from circles.report.template_set import find_set
from samples import make_example, make_result, make_study, make_sweep, make_variant

NASTY = (
    "z`<script>alert(1)</script>`{=html}",
    "<img src=x onerror=alert(1)> z",
    "z &lt;b&gt; </title></h1><b>",
    "{{< include /etc/passwd >}} z",
    "<< 7 * 7 >> <% raw %> {{ 7 * 7 }} {% raw %} z",
    "[z](javascript:alert(1)) ![z](//example.org/x.png)",
    "a](b) z {#sec-claims .x onclick=alert(1)}",
    r"$\frac{ z \input{/etc/passwd} $$",
    '"#include "/etc/passwd" //z */ \\',
    "@fig-x [@cite] ?@tbl-z https://example.org",
    "=HYPERLINK(0) z|z ~~z~~ ^z^ H~2~O",
    "../../../../tmp/z%2e%2e#x?y",
    "--- z ... -- 'z' \"z\" 1) z",
    "__import__('os').system('z')",
    "_z* z **z",
)
PAIRS = [
    f"{one} {other}"[:110].strip() for one, other in zip(NASTY, NASTY[1:] + NASTY[:1], strict=True)
]
SIGMOID, LINE = ((4, "relu"), (1, "sigmoid")), ((1, "linear"),)
LINE_SIGMOID = ((1, "sigmoid"),)
CITATION = Citation("1", "2026", ("Ada",), "{Ada}")
FRAME = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'


def hostile_study(texts: Sequence[str], title: str = "z") -> Study:
    """Return a made-up study named ``title``, each of whose other titles is one of ``texts``."""
    of = cycle(texts)
    softmax = {"loss": "sparse_categorical_crossentropy"}
    ring = make_variant("ring", ((3, "softmax"),), title=next(of), **softmax)
    example = make_example("rings", "rings", ring, classes=3, noise=0.03) | {"title": next(of)}
    shapes = {"network": SIGMOID, "line": LINE, "columns": ((3, "relu"),), "bounded": LINE_SIGMOID}
    variants = [
        make_variant(name, layers, title=next(of), tutorial_name=f"{name} {next(of)[:90]}.")
        for name, layers in shapes.items()
    ]
    study = make_study(*variants, sweeps=[make_sweep(title=next(of))], examples=[example])
    experiment = study.experiment.model_copy(update={"title": title})
    return Study(experiment, study.split, study.runs, study.sweeps, study.examples)


def render_study(study: Study) -> tuple[Rendering, dict, dict]:
    """Return the pages and the list of chapters of ``study``, its figures' records and tables."""
    pictures = {name: make(study) for name, make in list_figures(study.experiment).items()}
    results = {
        name: make_result(runs, seeds=tuple(runs.seeds.tolist()))
        for name, runs in study.runs.items()
    }
    recipes = list_tables(study.experiment) | list_details(study.experiment, results)
    tables = {name: make(study) for name, make in recipes.items()}
    described = (
        {name: describe_figure(picture) for name, picture in pictures.items()},
        {name: describe_table(table) for name, table in tables.items()},
    )
    context = make_context(study.experiment.title, study, *described)
    templates = find_set(study.experiment)
    rendering = render_pages(context, templates)
    texts = {**rendering.texts, BOOK: make_book(context, templates, CITATION)}
    return replace(rendering, texts=texts), pictures, tables


def write_report(study: Study, root: Path) -> None:
    """Write the pages and downloads of ``study`` below ``root``, with a frame for every figure."""
    rendering, pictures, tables = render_study(study)
    made = {name: text.encode() for name, text in rendering.texts.items()}
    made |= dict.fromkeys(find_set(study.experiment).notebooks, b"{}")
    for name, picture in pictures.items():
        made |= {
            f"figures/{name}.svg": FRAME.encode(),
            f"figures/{name}.csv": as_csv(picture.frame()),
        }
    for name, table in tables.items():
        made[f"tables/{name}.csv"] = as_csv(table.frame)
    for variant in study.variants:
        text = source_code(variant, study.experiment.dataset)
        made[f"code/{variant.name}.py"] = text.encode()
    for name, content in made.items():
        files.write_if_changed(root / "report" / name, content)
