"""Cleaning removes what was built and nothing else."""

from circles.build.clean import clean
from circles.incremental.manifest import Manifest, entry_of
from faults import copy_root


def test_only_what_was_built_goes(tmp_path):
    """Files of people stay and are named, and so does the folder's README."""
    report, site = tmp_path / "report", tmp_path / "_site"
    for path in ("report/README.md", "report/mine.txt", "_site/CNAME", "report/results/a.npz"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    for folder, name in ((report, "manifest.json"), (site, ".circles")):
        (folder / "pages").mkdir()
        (folder / "pages" / "a.txt").write_text("x")
        Manifest(folder, name).record({"page:a": entry_of({"pages/a.txt": b"x"}, {})})
    removed, kept = clean(report, site)
    assert removed == 5
    assert kept == [site / "CNAME", report / "mine.txt"]
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"README.md", "mine.txt", "CNAME", ".lock"}
    assert not (report / "pages").exists()


def test_a_whole_report_goes(miniature, miniature_site, tmp_path):
    """Also what several products share, as a variant and a sweep's cell a result."""
    root = copy_root(miniature, tmp_path / "root")
    built = [path for name in ("report", "_site") for path in (root / name).rglob("*")]
    built = [path for path in built if path.is_file() and path.name != ".lock"]
    assert clean(root / "report", root / "_site") == (len(built), [])
    assert [path for path in built if path.exists()] == []
    assert clean(root / "report", root / "_site") == (0, [])


def test_with_nothing_built_there_is_nothing_to_do(tmp_path):
    """No folder is made to clean it."""
    assert clean(tmp_path / "report", tmp_path / "_site") == (0, [])
    assert list(tmp_path.iterdir()) == []
