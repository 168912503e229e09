"""Formulas are spaced, and lines break where they may, whichever renderer wrote the page."""

import pytest

from circles.site.typography import refine

LOG = "<mrow><mi>log</mi><mo>&#8289;</mo></mrow>"
SPACED = '<mrow><mi>log</mi><mo rspace="0.167em">&#8289;</mo></mrow>'
CLOSE = '<mrow><mi>log</mi><mo rspace="0">&#8289;</mo></mrow>'
SPACE = '<mspace width="0.167em"></mspace>'
MATH = '<math display="inline"><mi>x</mi></math>'


@pytest.mark.parametrize(
    ("written", "set_well"),
    [
        (f"<mi>q</mi>{LOG}<mi>p</mi>", f"<mi>q</mi>{SPACE}{SPACED}<mi>p</mi>"),
        (f"<mo>−</mo>{LOG}<mi>p</mi>", f"<mo>−</mo>{SPACED}<mi>p</mi>"),
        (f"<mi>a</mi><mi>/</mi>{LOG}<mi>p</mi>", f"<mi>a</mi><mi>/</mi>{SPACED}<mi>p</mi>"),
        (
            f'<mn>2</mn>{LOG}<mo form="prefix">(</mo>',
            f'<mn>2</mn>{SPACE}{CLOSE}<mo form="prefix">(</mo>',
        ),
        (
            f'<mo form="postfix">)</mo>{LOG}<mi>p</mi>',
            f'<mo form="postfix">)</mo>{SPACE}{SPACED}<mi>p</mi>',
        ),
    ],
)
def test_the_name_of_a_function_has_the_spaces_that_tex_gives_it(
    written: str, set_well: str
) -> None:
    """A thin one on either side, but none before a bracket, nor after a sign or a stroke."""
    assert refine(written) == set_well


@pytest.mark.parametrize("around", ["{},", "({})", "“{}”.", "{};"])
def test_a_formula_keeps_the_mark_beside_it(around: str) -> None:
    """No line begins with a comma, and none ends with an opening bracket."""
    written = around.format(MATH)
    assert refine(f"Where {written} is") == f'Where <span class="unbroken">{written}</span> is'


@pytest.mark.parametrize("written", [f"a {MATH} b", f"<p>{MATH}</p>", f"<em>a</em>{MATH}"])
def test_a_formula_among_words_is_left_alone(written: str) -> None:
    """There is nothing to be kept beside it."""
    assert refine(written) == written


@pytest.mark.parametrize(
    ("written", "set_well"),
    [
        (
            "<code>lines.best_line.value &lt; 0.5</code>",
            "<code>lines.<wbr>best_<wbr>line.<wbr>value &lt; 0.5</code>",
        ),
        ("<code>report/res</code>", "<code>report/res</code>"),
        (
            "<pre><code>lines.best_line.value</code></pre>",
            "<pre><code>lines.best_line.value</code></pre>",
        ),
        ('<pre class="a"><code>\nlines.best_line.value</code></pre>',) * 2,
    ],
)
def test_a_long_name_breaks_between_its_parts(written: str, set_well: str) -> None:
    """A short one stays whole, and so does what is no running text."""
    assert refine(written) == set_well


def test_what_is_refined_stays_as_it_is() -> None:
    """Quarto's post-render may be run once more."""
    page = f"<p>({MATH}), <mi>q</mi>{LOG}<mi>p</mi> <code>lines.best_line.value.low</code></p>"
    once = refine(page)
    assert once != page
    assert refine(once) == once
