"""What a build says about a table that it has read: nothing is wrong, but perhaps not meant."""

from circles.common.text import join_first
from circles.experiment.csv_file.cells import WORDS_FOR_NOTHING
from circles.experiment.csv_file.labels import alike
from circles.experiment.csv_file.reader import CsvTable
from circles.experiment.messages import plain, shown

MOST_SHOWN = 8  # names of columns


def remarks(table: CsvTable) -> list[str]:
    """Return sentences on columns and rows that are left out, and on labels that may be none."""
    first, second, label = map(plain, table.columns)
    found = []
    if table.unused:
        others = join_first([*map(plain, table.unused)], MOST_SHOWN)
        taken = f"{first} and {second} are the features, {label} is the label"
        found.append(f"{taken}; not used: {others}. The keys features and label name other columns")
    if table.dropped:
        total = len(table.y) + table.dropped
        found.append(f"{table.dropped} of {total} rows left out because they have missing values")
    if same := alike(table.classes):
        found.append(f"{label}: {len(table.classes)} labels{same}")
    found += [
        f"{label}: {shown(name)} is taken as a label; "
        f'missing_values = ["{name}"] says that it stands for a missing value'
        for name in table.classes
        if name.casefold() in WORDS_FOR_NOTHING
    ]
    return found
