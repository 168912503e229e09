"""What a build says about a table that it has read: nothing is wrong, but perhaps not meant."""

from circles.common.text import join_first
from circles.experiment.csv_file.cells import WORDS_FOR_NOTHING
from circles.experiment.csv_file.labels import alike
from circles.experiment.csv_file.reader import CsvTable
from circles.experiment.messages import plain, shown

MOST_SHOWN = 8  # names of columns


def remarks(table: CsvTable) -> list[str]:
    """Return sentences on columns and rows that are left out, and on labels that may be none."""
    return [*_unused(table), *_left_out(table), *_alike(table), *_words_for_nothing(table)]


def _unused(table: CsvTable) -> list[str]:
    if not table.unused:
        return []
    first, second, label = map(plain, table.columns)
    others = join_first([*map(plain, table.unused)], MOST_SHOWN)
    taken = f"{first} and {second} are the features, {label} is the label"
    return [f"{taken}; not used: {others}. The keys features and label name other columns"]


def _left_out(table: CsvTable) -> list[str]:
    total = len(table.y) + table.dropped
    words = f"{table.dropped} of {total} rows left out, for they have missing values"
    return [words] if table.dropped else []


def _alike(table: CsvTable) -> list[str]:
    labels, found = f"{plain(table.columns[2])}: {len(table.classes)} labels", alike(table.classes)
    return [f"{labels}{found}"] if found else []


def _words_for_nothing(table: CsvTable) -> list[str]:
    return [
        f"{plain(table.columns[2])}: {shown(name)} is taken as a label; "
        f'missing_values = ["{name}"] says that it stands for a missing value'
        for name in table.classes
        if name.casefold() in WORDS_FOR_NOTHING
    ]
