"""Claims: what the pages say about the results is checked on the results."""

import re
import shutil
from collections import defaultdict
from dataclasses import replace
from types import SimpleNamespace

import pytest

from circles.build import chain
from circles.common import paths
from circles.report import pages
from circles.report.claims import ClaimError, as_plain, check_claims, encode, list_failing
from circles.report.context import make_context
from circles.report.numbers import as_accuracy
from circles.report.pages import PageError, render_pages
from commands import run_command
from miniature import MINIATURE, run_script
from samples import make_study, make_variant
from small_book import as_set, make_templates, write_pages

CLAIM = '<% claim "best-line", lines.best < 0.7 %>No line *exceeds* << lines.best >>.<% endclaim %>'


@pytest.fixture
def templates(tmp_path):
    """Return a folder with the smallest template of every page, and the real page of claims."""
    folder = make_templates(tmp_path / "templates")
    for name in ("macros.j2", "claims.qmd.j2"):
        (folder / name).write_text((paths.TEMPLATES / name).read_text())
    return folder


def context(**values):
    """Return the context of two variants with ``values``."""
    return {
        "variants": [{"name": "linear", "solved": 0}, {"name": "deep", "solved": 3}],
        "report": {"plain_title": "A title"},
        "lines": {"best": 0.548, "separable": False, "text": as_accuracy(0.548)},
        **values,
    }


def claims_of(templates, text, **values):
    """Return the claims of a book whose chapter on lines ends with ``text``."""
    (templates / "lines.qmd.j2").write_text(f"# The lines {{#sec-lines}}\n\n{text}\n")
    return render_pages(context(**values), as_set(templates)).claims


def test_a_claim_that_holds_shows_its_words_and_nothing_else(templates, tmp_path):
    """On its page a claim is its words, as they would stand without it."""
    claims_of(templates, CLAIM)
    write_pages(context(), templates, tmp_path / "report")
    text = (tmp_path / "report" / "lines.qmd").read_text()
    assert text == "# The lines {#sec-lines}\n\nNo line *exceeds* 0.548.\n"


def test_claims_of_the_front_page_stand_under_its_own_title(templates):
    """People write that title in ``index.qmd``; what the build writes of the page has none."""
    (templates.parent / "index.qmd").write_text("---\nlang: en\n---\n# All of it {.unnumbered}\n")
    (templates / "front.qmd.j2").write_text(CLAIM)
    text = render_pages(context(), as_set(templates)).texts["claims.qmd"]
    assert "## [All of it](../index.qmd)" in text


def test_a_claim_is_noted_with_its_source_and_its_measure(templates):
    """The record has template, line, condition as written, what it read, and the words."""
    (claim,) = claims_of(templates, f"## Part {{#sec-part}}\n\n{CLAIM}")
    assert (claim.name, claim.page, claim.section) == ("best-line", "lines.qmd", "sec-part")
    assert (claim.template, claim.line) == ("templates/lines.qmd.j2", 5)
    assert claim.condition == "lines.best < 0.7"
    assert claim.measured == {"lines.best": "0.548"}
    assert claim.words == "No line *exceeds* 0.548."
    assert claim.holds


FALSE = (
    'templates/lines.qmd.j2, line 3: claim "best-line" does not hold: "No line exceeds 0.71.". '
    "It says: lines.best < 0.7. Measured: lines.best = 0.71"
)


def test_a_false_claim_stays_on_its_page_and_is_marked(templates, tmp_path):
    """Its words stand where they stood, marked, with what was measured; the rest is as it was."""
    claims_of(templates, f"Before. {CLAIM} After.")
    write_pages(context(lines={"best": 0.71}), templates, tmp_path)
    text = (tmp_path / "lines.qmd").read_text()
    assert text.splitlines()[2] == (
        "Before. [No line *exceeds* 0.71. (does not hold: measured `lines.best = 0.71`)]"
        "{.mark .does-not-hold} After."
    )


def test_what_is_measured_is_shown_whatever_it_is(templates, tmp_path):
    """Nothing but words, text with marks of its own, and the blanks around the words."""
    text = (
        '<% claim "a", 1 > 2 %> words\n<% endclaim %>|'
        "<% claim \"b\", lines.text == '' %>b<% endclaim %>"
    )
    claims_of(templates, text)
    write_pages(context(lines={"text": "`{{< x >}}"}), templates, tmp_path)
    assert (tmp_path / "lines.qmd").read_text().splitlines()[2] == (
        "[words (does not hold)]{.mark .does-not-hold}|"
        "[b (does not hold: measured lines.text = "
        r"\`\{\{\< x \>\}\})]{.mark .does-not-hold}"
    )


def test_all_false_claims_of_all_pages_are_listed(templates):
    """One check counts everything that is wrong, and what holds by itself is not refused."""
    (templates / "problem.qmd.j2").write_text('<% claim "one", 1 > 2 %>One<% endclaim %>')
    (templates / "references.qmd.j2").write_text('<% claim "two", 2 > 3 %>Two<% endclaim %>')
    found = claims_of(templates, CLAIM)
    with pytest.raises(
        ClaimError, match=r"^refused: 2 of 3 claims do not hold on .* put it behind"
    ):
        check_claims(found, "refused: ")
    assert [claim.name for claim in found if not claim.holds] == ["one", "two"]
    check_claims([claim for claim in found if claim.holds])


def test_the_file_of_claims_says_which_fail(templates):
    """What is stored is read back, in the words of the check."""
    assert list_failing(encode(claims_of(templates, CLAIM))) == []
    assert list_failing(encode(claims_of(templates, CLAIM, lines={"best": 0.71}))) == [FALSE]


@pytest.mark.parametrize(
    ("condition", "holds", "measured"),
    [
        (
            "lines.best > 0.5 and not lines.separable",
            True,
            {"lines.best": "0.548", "lines.separable": "false"},
        ),
        ("lines.best > 0.6 or lines.separable", False, None),
        ("lines.best > 0.6 and lines.unknown", False, {"lines.best": "0.548"}),
        ("lines is none or lines.best < 0.7", True, None),
        ("lines.text.value < 0.7", True, {"lines.text.value": "0.548"}),
        ('lines["text"] == "0.5480"', True, {'lines["text"]': "0.5480"}),
        ("(lines.best - 0.55) | abs < 0.01", True, {"lines.best": "0.548"}),
        ("variants | length == 2", True, {"variants | length": "2"}),
        (
            'variants | map(attribute="solved") | max > [1, 2] | max',
            True,
            {'variants | map(attribute="solved") | max': "3"},
        ),
        ("variants[1].name in ('deep', 'wide')", True, {"variants[1].name": "deep"}),
        ("(1, 2) | length == 2", True, {}),
        ("lines.none is not defined", True, {}),
        ("0.5 < lines.best < 0.7", True, {"lines.best": "0.548"}),
        ("lines.best == lines.best and lines.nan < 1", False, None),
        ("lines.values() | list", True, {"lines.values() | list": "[0.548, false, 0.5480, nan]"}),
        ('lines.get("best", 1) < 0.7', True, {'lines.get("best", 1)': "0.548"}),
        ("range(*[2, 3]) | list == [2]", True, {}),
        ("dict(a=lines.best).a < lines.best + 1", True, None),
        ("variants", True, {"variants": "2 entries"}),
        ('variants | map(attribute="solved") | list', True, None),
    ],
)
def test_conditions(templates, condition, holds, measured):
    """Any expression is a condition; noted is what it read before it was decided."""
    lines = {"best": 0.548, "separable": False, "text": as_accuracy(0.548), "nan": float("nan")}
    text = f'<% claim "c", {condition} %>x<% endclaim %>'
    (claim,) = claims_of(templates, text, lines=lines)
    assert claim.condition == condition
    assert claim.holds is holds
    if measured is not None:
        assert claim.measured == measured


def test_names_and_conditions_may_hold_commas_and_stand_on_several_lines(templates):
    """The condition's text begins after the comma that ends the name, on one line."""
    text = '<%- claim ("a", "b") | join(","),\n   lines.best <\n 0.7 -%> words\n<% endclaim %>'
    (claim,) = claims_of(templates, f"<# claim #><% raw %><% claim %><% endraw %>{text}")
    assert (claim.name, claim.condition) == ("a,b", "lines.best < 0.7")
    assert claim.words == "words"


def test_claims_in_a_loop_have_names_of_their_own(templates):
    """The name is an expression; each round is a claim, with the values of its round."""
    text = (
        '<% for v in variants %><% claim "solved-" ~ v.name, v.solved < 9 %>'
        "<< v.solved >>;<% endclaim %><% endfor %>"
    )
    one, two = claims_of(templates, text)
    assert (one.name, two.name) == ("solved-linear", "solved-deep")
    assert (one.measured, two.measured) == ({"v.solved": "0"}, {"v.solved": "3"})
    assert (one.words, two.words) == ("0;", "3;")


def test_a_claim_in_a_macro_names_the_file_of_the_macro(templates):
    """The place to mend is where the claim is written, not where it is called."""
    (templates / "more.j2").write_text(
        f"\n<% macro best() %>\n{CLAIM.replace('< 0.7', '< limit')}\n<% endmacro %>\n"
    )
    (claim,) = claims_of(
        templates, '<% import "more.j2" as more with context %><< more.best() >>', limit=0.5
    )
    assert (claim.template, claim.line, claim.page) == ("templates/more.j2", 3, "lines.qmd")
    assert claim.measured == {"lines.best": "0.548", "limit": "0.5"}
    assert not claim.holds


def test_a_claim_may_stand_in_another(templates):
    """The outer claim comes first; both have their words, and their own measures."""
    inner = '<% claim "inner", lines.best < 0.6 %>inner<% endclaim %>'
    text = f'<% claim "outer", variants | length == 2 %>outer {inner} words<% endclaim %>'
    one, two = claims_of(templates, text)
    assert (one.name, one.words, one.measured) == (
        "outer",
        "outer inner words",
        {"variants | length": "2"},
    )
    assert (two.name, two.words, two.measured) == ("inner", "inner", {"lines.best": "0.548"})


def test_the_page_of_a_variant_names_its_claims(templates):
    """One template makes several pages: the names tell them apart."""
    (templates / "variants" / "variant.qmd.j2").write_text(
        '<% claim "solves", variant.solved > 1 %>It solves.<% endclaim %>'
    )
    claims = render_pages(context(), as_set(templates)).claims
    assert [(claim.name, claim.holds) for claim in claims] == [
        ("linear-solves", False),
        ("deep-solves", True),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n<% claim 'a', lost < 1 %>x<% endclaim %>", "line 4: 'lost' is undefined"),
        (
            "<% claim 'a', lines.lost %>x<% endclaim %>",
            "line 3: 'dict object' has no attribute 'lost'",
        ),
        ("<% claim 'a', 1 %>\n\n<< lost >><% endclaim %>", "line 5: 'lost' is undefined"),
        ("<% claim 'a', none < 1 %>x<% endclaim %>", "line 3: '<' not supported"),
        ("<% claim 'a' %>x<% endclaim %>", "line 3: expected token ','"),
        ("<% claim 'a', 1 %>x", "line 3: Unexpected end of template"),
        (
            "<% claim 'a', 1 %>x<% endclaim %>\n<% claim 'a', 1 %>y<% endclaim %>",
            'line 4: two claims of one page are named "a"',
        ),
    ],
)
def test_a_mistake_in_a_claim_names_template_and_line(templates, text, said):
    """An unknown name, a missing part or a name given twice is one message."""
    with pytest.raises(PageError) as error:
        claims_of(templates, text)
    assert str(error.value).startswith(f"templates/lines.qmd.j2, {said}")


def test_the_page_of_claims_lists_them_by_page_in_reading_order(templates, tmp_path):
    """It has every claim of the pages before and after it, with its section and its source."""
    (templates / "methods.qmd.j2").write_text('<% claim "m", true %>Method.<% endclaim %>')
    (templates / "references.qmd.j2").write_text('# End\n<% claim "r", 1 %>End.<% endclaim %>')
    claims_of(templates, CLAIM)
    write_pages(context(), templates, tmp_path / "report")
    text = (tmp_path / "report" / "claims.qmd").read_text()
    assert "There are 3 such claims" in text
    assert "**What is not checked**" in text
    headings = re.findall(r"^## \[(.*)\]\((.*)\) ", text, re.MULTILINE)
    assert headings == [
        ("The lines", "lines.qmd"),
        ("methods.qmd", "methods.qmd"),
        ("End", "references.qmd"),
    ]
    assert text.index("No line *exceeds* 0.548.") < text.index("Method.") < text.index("End.")
    assert "**Holds:** `lines.best < 0.7`, measured `lines.best = 0.548`. In @sec-lines" in text
    assert "`templates/lines.qmd.j2, line 3`" in text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("", "There is 1 such claim. **1 of them does not hold on these results.** Where its"),
        (
            '<% claim "b", 1 %>b<% endclaim %>',
            "There are 2 such claims. **1 of them does not hold on these results.** Where its",
        ),
        (
            '<% claim "b", 0 %>b<% endclaim %>',
            "There are 2 such claims. **2 of them do not hold on these results.** Where their",
        ),
    ],
)
def test_the_page_of_claims_says_that_one_does_not_hold(templates, tmp_path, more, said):
    """Its first sentences count them, and at the claim stands what was measured."""
    claims_of(templates, CLAIM + more)
    write_pages(context(lines={"best": 0.71}), templates, tmp_path)
    text = (tmp_path / "claims.qmd").read_text()
    assert said in text
    assert "hold." not in text.partition("**")[0]
    assert "**Does not hold:** `lines.best < 0.7`, measured `lines.best = 0.71`. In @" in text
    assert "does-not-hold" not in text


def test_links_of_the_words_lead_to_the_same_place_from_the_page_of_claims(templates, tmp_path):
    """A claim of a variant's page has links from its folder; addresses elsewhere are kept."""
    words = "[a](../lines.qmd#sec-lines) [b](deep.qmd) [c](#here) [d](https://x.org/a)"
    (templates / "variants" / "variant.qmd.j2").write_text(
        f'<% claim "links", true %>{words}<% endclaim %>'
    )
    write_pages(context(), templates, tmp_path / "report")
    text = (tmp_path / "report" / "claims.qmd").read_text()
    where = "[a](lines.qmd#sec-lines) [b](variants/deep.qmd) [c](variants/{}.qmd#here) [d](https"
    assert where.format("linear") in text
    assert where.format("deep") in text


def test_an_experiment_without_claims_says_so(templates, tmp_path):
    """The page is there, with one sentence."""
    write_pages(context(), templates, tmp_path / "report")
    text = (tmp_path / "report" / "claims.qmd").read_text()
    assert "No page of this report states a claim." in text


@pytest.mark.parametrize(
    ("markdown", "seen"),
    [
        ("*a* **b** `c` _d_e", "a b c _d_e"),
        (r"A line \* with \<marks\> \& \{odd\}", "A line * with <marks> & {odd}"),
        ("[*two* words](x.qmd#a), ![caption](y.svg){#fig-x}", "two words, caption{#fig-x}"),
        ("[span]{.note} at 95\u00a0%", "span at 95\u00a0%"),
        ("@sec-lines and $w_1$", "@sec-lines and $w_1$"),
    ],
)
def test_messages_show_words_without_marks(markdown, seen):
    """Emphasis, links and escapes go; what they hold stays."""
    assert as_plain(markdown) == seen


def test_a_flipped_result_is_marked_in_the_report(templates, tmp_path):
    """On the report's own text: a line that solves the circles cannot be, and the page says so."""
    shutil.copy(paths.TEMPLATES / "circles" / "objective.qmd.j2", templates / "lines.qmd.j2")
    study = make_study(make_variant("line", ((1, "sigmoid"),)), samples=200)
    runs = study.runs["line"]
    lost, won = (
        replace(runs, accuracy=0 * runs.accuracy + 0.5),
        replace(runs, accuracy=0 * runs.accuracy + 1),
    )
    picture = {"caption": "A caption.", "alt": "A picture."}
    honest, flipped = (
        make_context("A title", replace(study, runs={"line": runs}), {}, {})
        | {"figures": defaultdict(lambda: picture)}
        for runs in (lost, won)
    )
    write_pages(honest, templates, tmp_path / "report")
    page = (tmp_path / "report" / "lines.qmd").read_text()
    assert "with any output, the best gets 50.0" in page
    assert "does-not-hold" not in page
    write_pages(flipped, templates, tmp_path / "report")
    page = (tmp_path / "report" / "lines.qmd").read_text()
    assert "(does not hold: measured `optimum.highest_accuracy.value = 1`" in page


def test_a_false_claim_ends_a_stage_with_status_1(monkeypatch, capsys):
    """The message goes to standard error, with no traceback."""

    def stage(order):
        raise ClaimError("a claim does not hold")

    monkeypatch.setattr(chain, "check", stage)
    assert run_command("claims") == 1
    assert capsys.readouterr().err == "a claim does not hold\n"


def test_the_command_lists_those_that_fail(monkeypatch, capsys, templates, tmp_path):
    """They are on standard output, below those that hold with --verbose; one line counts them."""
    (templates / "references.qmd.j2").write_text('<% claim "two", 2 < 3 %>Two<% endclaim %>')
    found = claims_of(templates, CLAIM, lines={"best": 0.71})
    monkeypatch.setattr(chain, "_stored", lambda _options: {})
    monkeypatch.setattr(chain.StudyTargets, "context", lambda _targets: {})
    monkeypatch.setattr(pages, "render_pages", lambda *_: SimpleNamespace(claims=found))
    (tmp_path / "circles.toml").write_text(MINIATURE)
    assert run_command("claims", "--experiment", tmp_path / "circles.toml") == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == [FALSE, "claims: 2 checked, 1 holds"]
    assert said.err.startswith("1 of 2 claims does not hold on these results. Reword ")
    assert said.err.count("\n") == 1
    assert run_command("claims", "--verbose", "--experiment", tmp_path / "circles.toml") == 1
    holds, *others = capsys.readouterr().out.splitlines()
    assert 'claim "two" holds: ' in holds
    assert others == said.out.splitlines()


def test_the_script_needs_results(tmp_path):
    """Without results it says what to run, and writes nothing."""
    (tmp_path / "circles.toml").write_text(MINIATURE)
    asked = run_script("claims.py", tmp_path)
    assert asked.returncode == 1
    assert "run circles train first" in asked.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["circles.toml"]


@pytest.mark.training
def test_what_the_pages_were_written_from_is_not_worked_out_again(miniature, monkeypatch):
    """Where nothing is stale the stored context has all that the claims read."""
    monkeypatch.setattr(chain.StudyTargets, "context", None)
    at = ("--experiment", miniature / "circles.toml", "--report", miniature / "report")
    assert run_command("claims", *at) == 0


@pytest.mark.training
def test_the_script_lists_every_claim_and_writes_nothing(miniature):
    """Each claim is a line with its verdict; all claims of a built report hold."""
    before = {path: path.stat().st_mtime_ns for path in (miniature / "report").rglob("*")}
    asked = run_script("claims.py", miniature, "--verbose")
    assert asked.returncode == 0, asked.stderr
    *claims, last = asked.stdout.splitlines()
    assert all(re.match(r"templates/[\w/.]+, line \d+: claim .* holds: ", line) for line in claims)
    assert last == f"claims: {len(claims)} checked, {len(claims)} hold"
    assert {path: path.stat().st_mtime_ns for path in (miniature / "report").rglob("*")} == before
