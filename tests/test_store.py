"""Results are there whole or not at all, and only for exactly what was asked."""

import io
import json
import pickle
import zipfile
from dataclasses import fields, replace

import numpy as np
import pytest

from circles.common.environment import EnvironmentMistakeError, source_date
from circles.experiment.spec import Variant
from circles.training import store
from circles.training.store import Store, StoredResult
from circles.training.tasks import TaskResult
from conftest import SHAPES


@pytest.fixture
def full(tmp_path, task, runs):
    """Return a store that holds one result."""
    made = Store(tmp_path)
    made.put(task, TaskResult(runs, 1.5))
    return made


def _files(folder):
    (numbers,), (facts,) = folder.glob("*.npz"), folder.glob("*.json")
    return numbers, facts


def test_what_is_put_is_got(full, task, runs):
    """Every number comes back bit for bit, NaN included."""
    got = full.get(task).runs
    for field in fields(runs):
        np.testing.assert_equal(getattr(got, field.name), getattr(runs, field.name))


def test_a_task_without_the_reference_seed_is_got_too(tmp_path, task, runs):
    """Its history and path of that seed are empty, and stay arrays of their shapes."""
    path = tuple(array[:0] for array in runs.reference_weights)
    put = replace(runs, reference_loss=np.empty(0), reference_weights=path)
    got = Store(tmp_path).put(task, TaskResult(put, 1.5)).runs
    assert [array.shape for array in got.reference_weights] == [(0, *shape) for shape in SHAPES]
    assert got.reference_loss.shape == (0,)


def test_a_key_that_is_new_and_left_at_its_default_decides_nothing(full, task, runs):
    """What was trained before there was the key is got."""

    class Patient(Variant):
        patience: int | None = None

    waiting = replace(task, variant=Patient(**task.variant.model_dump()))
    np.testing.assert_equal(full.get(waiting).runs.accuracy, runs.accuracy)


def test_what_another_default_trained_is_not_got(full, task, said):
    """Though a key that is left at its default is not in the address, and it is said."""

    class Other(Variant):
        batch_size: int = 7

    asked = task.variant.model_dump(exclude_defaults=True)
    assert full.get(replace(task, variant=Other(**asked))) is None
    assert "it was trained with batch_size 32, and the default is now 7" in said[0]


def test_the_parts_of_a_trial_are_joined(full, task, runs):
    """Runs of several tasks stand in their order, and the facts of each task stay apart."""
    empty = {"reference_loss": np.empty(0), "reference_accuracy": np.empty(0)}
    empty["reference_weights"] = tuple(array[:0] for array in runs.reference_weights)
    later = replace(task, seeds=(2, 3, 4), traced_seed=None)
    rest = replace(runs, seeds=np.array([2, 3, 4]), **empty)
    parts = [full.get(task), full.put(later, TaskResult(rest, 2.0))]
    joined = StoredResult.join(parts)
    assert joined.runs.seeds.tolist() == [0, 1, 42, 2, 3, 4]
    np.testing.assert_array_equal(joined.runs.loss, [*runs.loss, *runs.loss])
    np.testing.assert_equal(joined.runs.weights_of(2), runs.weights_of(0))
    np.testing.assert_equal(joined.runs.reference_weights, runs.reference_weights)
    np.testing.assert_array_equal(joined.runs.history_epoch, runs.history_epoch)
    assert joined.runs.steps == runs.steps
    assert [facts.seconds for facts in joined.facts] == [1.5, 2.0]
    assert [facts.address for facts in joined.facts] == [task.address(), later.address()]
    assert len({one.numbers for one in (joined, *parts)}) == 3
    assert joined.numbers != StoredResult.join(parts[::-1]).numbers


def test_an_empty_store_has_nothing(tmp_path, task, said):
    """A result that was never put is absent, and there is nothing to say about it."""
    assert Store(tmp_path).get(task) is None
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
    """Noise, seeds and the followed seed decide the address too."""
    others = [
        replace(task, dataset=task.dataset.model_copy(update={"noise": 0.1})),
        replace(task, seeds=(0, 1, 2)),
        replace(task, traced_seed=1),
    ]
    assert len({task.address(), *(other.address() for other in others)}) == 4


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
    full.put(other, TaskResult(runs, 1.5))
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
    facts.write_text(
        json.dumps({"facts": record.model_dump(mode="json"), "checksum": record.checksum()})
    )
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
        made.put(task, TaskResult(runs, 1.5))
    assert list(tmp_path.iterdir()) == []


def test_the_same_numbers_are_the_same_bytes(tmp_path, task, runs):
    """Two stores of the same runs hold identical numbers, however long training took."""
    stored = [Store(tmp_path / name).put(task, TaskResult(runs, len(name))) for name in ("a", "bb")]
    assert len({result.numbers for result in stored}) == 1
    assert [result.facts[0].seconds for result in stored] == [1, 2]
    a, b = (_files(tmp_path / name)[0] for name in ("a", "bb"))
    assert a.read_bytes() == b.read_bytes()
    archive = next((tmp_path / "a").glob("*.npz"))
    assert {info.date_time for info in zipfile.ZipFile(archive).infolist()} == {
        (1980, 1, 1, 0, 0, 0)
    }


def test_a_result_is_finished_when_the_sources_are(tmp_path, task, runs, monkeypatch):
    """SOURCE_DATE_EPOCH, if it is set, stands for the time of day."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    (facts,) = Store(tmp_path).put(task, TaskResult(runs, 1.5)).facts
    assert facts.finished == "2023-11-14T22:13:20+00:00"


def test_a_time_that_is_empty_is_no_time(monkeypatch):
    """As where a workflow hands on a variable that nobody set."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "")
    assert source_date() is None


def test_dated_results_are_the_same_bytes(tmp_path, task, runs, monkeypatch):
    """With SOURCE_DATE_EPOCH, training the same again gives the same facts, not timed."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    text = []
    for seconds in (1.5, 9.0):
        (facts,) = Store(tmp_path / str(seconds)).put(task, TaskResult(runs, seconds)).facts
        assert facts.seconds is None
        text.append([path.read_bytes() for path in sorted((tmp_path / str(seconds)).iterdir())])
    assert text[0] == text[1]


@pytest.mark.parametrize("given", ["yesterday", "-1", "1.5", "٣", "253402300800", "9" * 20])
def test_a_time_that_is_none_is_refused(tmp_path, monkeypatch, given):
    """A bad SOURCE_DATE_EPOCH is found when a store is opened, before anything is trained."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", given)
    with pytest.raises(EnvironmentMistakeError) as refused:
        Store(tmp_path)
    assert str(refused.value) == (
        "SOURCE_DATE_EPOCH: must be a whole number of seconds since 1970, before the year 10000. "
        f"Received: {given!r}"
    )
