"""What the HTML of a page lacks to be set well, whichever renderer wrote it."""

import re

# TeX sets a thin space on either side of the name of a function, but none before a bracket. Pandoc
# says neither, so that a logarithm would run into its factor.
_THIN = "0.167em"
_FUNCTION = re.compile(
    r'(?P<before>(?:</(?:mi|mn|msub|msup|msubsup|mfrac|mstyle|msqrt)>|form="postfix">[^<]*</mo>)'
    r"(?<!/</mi>))?"
    r"(?P<name><mrow><mi[^>]*>\w+</mi>)<mo>(?P<apply>&#8289;|\u2061)</mo></mrow>"
    r'(?P<bracket><mo [^>]*form="prefix")?'
)
_FORMULA = re.compile(
    r'<span class="unbroken">.*?</math>|'
    r'(?P<before>[(\[“‘]?)<math [^>]*\bdisplay="inline".*?</math>(?P<after>[,.;:?!)\]”’]*)',
    re.DOTALL,
)
_CODE = re.compile(r"<pre\b.*?</pre>|<code>(?P<text>[^<]+)</code>", re.DOTALL)
_NAME = re.compile(r"[^\s&]{16,}")  # shorter ones need not break
_JOINT = re.compile(r"(?<=\w)[._/](?=\w)")


def refine(page: str) -> str:
    """Return a page whose formulas are spaced and whose lines break where they may.

    It can be done again: what is refined stays as it is.
    """
    page = _FUNCTION.sub(_space, page)
    page = _FORMULA.sub(_hold, page)
    return _CODE.sub(_let_break, page)


def _space(found: re.Match[str]) -> str:
    """Put the thin spaces around the name of a function."""
    before = f'{found["before"]}<mspace width="{_THIN}"></mspace>' if found["before"] else ""
    after = "0" if found["bracket"] else _THIN
    apply = f'<mo rspace="{after}">{found["apply"]}</mo></mrow>'
    return f"{before}{found['name']}{apply}{found['bracket'] or ''}"


def _hold(found: re.Match[str]) -> str:
    """Keep a formula and the mark beside it on one line."""
    if not found["before"] and not found["after"]:
        return found[0]
    return f'<span class="unbroken">{found[0]}</span>'


def _let_break(found: re.Match[str]) -> str:
    """Let a long name break between its parts, and not within a word."""
    if not found["text"]:
        return found[0]
    parted = _NAME.sub(lambda name: _JOINT.sub(r"\g<0><wbr>", name[0]), found["text"])
    return f"<code>{parted}</code>"
