"""Results are there whole or not at all, and only for exactly what was asked."""

import io
import json
import pickle
import zipfile
from dataclasses import fields, replace

import grimp
import numpy as np
import pytest

from circles.training import store
from circles.training.store import Store


@pytest.fixture
def said():
    """Return the list that collects what the store says."""
    return []


@pytest.fixture
def full(tmp_path, task, runs, said):
    """Return a store that holds one result."""
    made = Store(tmp_path, said.append)
    made.put(task, runs)
    return made


def _files(folder):
    (numbers,), (facts,) = folder.glob("*.npz"), folder.glob("*.json")
    return numbers, facts


def test_what_is_put_is_got(full, task, runs):
    """Every number comes back bit for bit, NaN included."""
    got = full.get(task).runs
    for field in fields(runs):
        for one, other in zip(
            np.atleast_1d(getattr(runs, field.name)) if field.name != "weights" else runs.weights,
            np.atleast_1d(getattr(got, field.name)) if field.name != "weights" else got.weights,
            strict=True,
        ):
            np.testing.assert_array_equal(one, other)


def test_an_empty_store_has_nothing(tmp_path, task, said):
    """A result that was never put is absent, and there is nothing to say about it."""
    assert Store(tmp_path, said.append).get(task) is None
    assert said == []


@pytest.mark.parametrize(
    "change",
    [
        {"learning_rate": 0.5},
        {"epochs": 7},
        {"batch_size": 16},
        {"optimizer": "sgd"},
    ],
)
def test_another_variant_is_another_result(full, task, change):
    """A change of anything that decides how a variant trains changes the address."""
    other = replace(task, variant=task.variant.model_copy(update=change))
    assert other.address() != task.address()
    assert full.get(other) is None


def test_another_data_set_or_seed_is_another_result(task):
    """Noise, seeds and the reference seed decide the address too."""
    others = [
        replace(task, dataset=task.dataset.model_copy(update={"noise": 0.1})),
        replace(task, seeds=(0, 1, 2)),
        replace(task, reference_seed=1),
    ]
    assert len({task.address(), *(other.address() for other in others)}) == 4


def test_words_do_not_change_the_address(task):
    """A new title or published figure does not train a variant again."""
    words = {"name": "other", "title": "Other", "tutorial_name": None, "published": None}
    assert replace(task, variant=task.variant.model_copy(update=words)).address() == task.address()


def test_versions_and_code_change_the_address(task, monkeypatch):
    """Another version of TensorFlow, or another byte in the trainer, trains again."""
    address = task.address()
    with monkeypatch.context() as patch:
        patch.setattr(store.metadata, "version", lambda _name: "0.0")
        assert task.address() != address
    monkeypatch.setattr(store.files, "digest_of_files", lambda _paths, _root: "other")
    assert task.address() != address


def _truncate(path):
    path.write_bytes(path.read_bytes()[:-7])


def _empty(path):
    path.write_bytes(b"")


def _flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _pickle(path):
    path.write_bytes(pickle.dumps({"loss": [0.0]}))


@pytest.mark.parametrize("spoil", [_truncate, _empty, _flip, _pickle])
@pytest.mark.parametrize("which", [0, 1], ids=["numbers", "facts"])
def test_a_spoilt_file_counts_as_absent_and_is_said(full, task, said, spoil, which):
    """Whatever does not verify is not used, and the user hears of it."""
    spoil(_files(full.folder)[which])
    assert full.get(task) is None
    assert len(said) == 1
    assert "will be trained again" in said[0]


def test_swapped_results_count_as_absent(full, task, runs, said):
    """The facts of one result under the address of another are found out."""
    other = replace(task, seeds=(0, 1, 2))
    full.put(other, runs)
    facts = full.folder / f"{task.address()}.json"
    facts.write_bytes((full.folder / f"{other.address()}.json").read_bytes())
    assert full.get(task) is None
    assert "another result" in said[0]


def test_numbers_with_objects_are_never_unpickled(full, task, said):
    """An array of objects with a right digest is refused, not loaded."""
    numbers, facts = _files(full.folder)
    buffer = io.BytesIO()
    np.savez(buffer, loss=np.array([{"a": 1}], dtype=object))
    numbers.write_bytes(buffer.getvalue())
    record = store.Facts(**json.loads(facts.read_text())["facts"])
    record = record.model_copy(update={"numbers": store.files.digest(buffer.getvalue())})
    facts.write_text(json.dumps({"facts": record.model_dump(mode="json"), "seal": record.seal()}))
    assert full.get(task) is None
    assert "trained again" in said[0]


def test_numbers_without_facts_are_absent(full, task, said):
    """The facts come last: without them a result was not finished."""
    _files(full.folder)[1].unlink()
    assert full.get(task) is None
    assert said == []


def test_a_failed_write_leaves_no_trace(tmp_path, task, runs, monkeypatch):
    """If the facts cannot be written, no temporary file stays and the result is absent."""
    made = Store(tmp_path)

    def fail(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.files.os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        made.put(task, runs)
    assert list(tmp_path.iterdir()) == []


def test_the_same_numbers_are_the_same_bytes(tmp_path, task, runs):
    """Two stores of the same runs hold identical numbers."""
    digests = {Store(tmp_path / name).put(task, runs).facts.numbers for name in ("a", "b")}
    assert len(digests) == 1
    archive = next((tmp_path / "a").glob("*.npz"))
    assert {info.date_time for info in zipfile.ZipFile(archive).infolist()} == {
        (1980, 1, 1, 0, 0, 0)
    }


def test_the_fingerprint_covers_the_code_that_trains():
    """Every module that the trainer imports decides the result, or is known not to."""
    graph = grimp.build_graph("circles")
    imported = graph.find_upstream_modules("circles.training.trainer") | {
        "circles.training.trainer"
    }
    covered = {f"circles.{name.removesuffix('.py').replace('/', '.')}" for name in store.CODE}
    # What the experiment file says is in the address itself, and the Keras model only defines.
    not_computing = {"spec", "parts", "sweeps", "messages", "document", "model"}
    known = {f"circles.experiment.{name}" for name in not_computing}
    packages = {"circles", "circles.experiment", "circles.training"}
    assert imported - covered - known - packages == set()
