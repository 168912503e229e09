"""What a reader may take along: the numbers of figures and tables as CSV, and code."""

from collections.abc import Mapping
from pathlib import Path

from circles import files
from circles.analysis.study import Study
from circles.experiment.model import source_code
from circles.writing.figures import Picture
from circles.writing.table import Table

_DIGITS = "%.9g"  # every float32 comes back from nine digits


def write_downloads(
    study: Study, pictures: Mapping[str, Picture], tables: Mapping[str, Table], report: Path
) -> list[Path]:
    """Write the CSV files and the programs into ``report``; return all their paths."""
    frames = {f"figures/{name}.csv": picture.frame() for name, picture in pictures.items()}
    frames |= {f"tables/{name}.csv": table.frame for name, table in tables.items()}
    texts = {
        name: frame.to_csv(index=False, float_format=_DIGITS, lineterminator="\n")
        for name, frame in frames.items()
    }
    for variant in study.variants:
        texts[f"code/{variant.name}.py"] = source_code(variant, study.experiment.dataset)
    for name, text in texts.items():
        files.write_if_changed(report / name, text.encode())
    return [report / name for name in texts]
