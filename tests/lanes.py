"""The fast lane of the tests, ``make test-fast``: what it leaves out, and what it does without."""

import re
from importlib.abc import MetaPathFinder
from pathlib import Path

import pytest

LEFT_OUT = frozenset({"browser", "quarto", "slow", "training"})  # marks
WITHOUT = frozenset({"keras", "tensorflow"})  # packages

OF_FIXTURES = {
    "browser": "browser",
    "miniature": "training",
}  # marks of the tests that ask for them

# Modules and tests of modules that take more than some seconds for another reason.
SLOW = frozenset(
    {
        "test_any_data.py",
        "test_api.py::test_a_display_draws_and_shows_itself",
        "test_baseline.py::test_fewer_seeds_seldom_move",
        "test_best_line.py::test_at_the_edges_of_floating_point_the_count_is_exact",
        "test_best_line.py::test_no_line_makes_fewer_mistakes",
        "test_cached.py::test_regions_are_read_back_bit_for_bit",
        "test_ceiling.py::test_blobs_against_a_million_points",
        "test_ceiling.py::test_moons_against_drawn_points",
        "test_ceiling.py::test_more_noise_never_helps",
        "test_ceiling.py::test_rings_against_a_million_points",
        "test_ceiling.py::test_spirals_against_drawn_points",
        "test_citation.py::test_a_file_that_lacks_something_is_refused",
        "test_claims.py::test_a_flipped_result_is_marked_in_the_report",
        "test_claims.py::test_the_script_needs_results",
        "test_claims_fail.py",
        "test_cli.py::test_output_that_takes_no_more_ends_in_one_line",
        "test_cli.py::test_the_checkout_of_the_library_is_no_project_for_elsewhere",
        "test_cli.py::test_the_project_is_the_nearest_folder_with_an_experiment",
        "test_cli.py::test_the_wheel_makes_a_project_and_plans_its_build",
        "test_code_of.py",
        "test_context.py::test_a_file_is_told",
        "test_context.py::test_every_number_reads_back",
        "test_csv.py::test_a_written_table_comes_back",
        "test_csv_kinds.py::test_a_large_file_is_refused_before_it_fills_the_memory",
        "test_csv_kinds.py::test_however_a_table_is_written_it_is_read",
        "test_diff.py::test_equal_builds_agree",
        "test_drift.py::test_other_samples_of_one_distribution_seldom_move",
        "test_engine.py::test_a_worker_that_has_grown_is_replaced_in_silence",
        "test_engine.py::test_an_unreachable_scheduler_is_said",
        "test_entry.py::test_surroundings_do_no_harm",
        "test_entry.py::test_without_packages_a_script_ends_in_one_line",
        "test_figures.py",
        "test_figures_chance.py",
        "test_figures_hidden.py",
        "test_figures_kinds.py",
        "test_figures_lines.py",
        "test_fingerprints.py::test_every_number_of_the_trainer_counts",
        "test_fingerprints.py::test_layout_does_not_count_in_any_module",
        "test_hostile.py",
        "test_inputs.py::test_every_figure_and_every_word_is_made_of_a_study_on_features",
        "test_interrupts.py::test_a_ctrl_c_that_another_thread_takes_ends_the_work",
        "test_interrupts.py::test_ctrl_c_while_a_command_imports",
        "test_interrupts.py::test_ctrl_c_while_workers_start",
        "test_lanes.py",
        "test_legends.py",
        "test_names.py::test_appendices_go_on_behind_z",
        "test_names.py::test_every_name_is_in_the_pdf_as_it_was_typed",
        "test_names.py::test_the_check_passes_any_name",
        "test_notebook.py::test_the_same_results_give_the_same_bytes",
        "test_numbers.py::test_a_text_remembers_its_number",
        "test_outcomes.py::test_a_bent_line_is_not_straight",
        "test_public.py",
        "test_publish.py",
        "test_reading.py",
        "test_region.py::test_a_convex_region_has_at_most_twice_as_many_corners_as_units",
        "test_region.py::test_random_networks_answer_as_their_regions",
        "test_registries.py",
        "test_render.py",
        "test_set_up.py",
        "test_site_faults.py",
        "test_site_fresh.py",
        "test_site_obstacles.py",
        "test_spec.py::test_a_spoilt_experiment_loads_or_is_refused",
        "test_spec.py::test_arbitrary_tables_load_or_are_refused",
        "test_spec.py::test_every_valid_experiment_comes_back",
        "test_study_parts.py::test_figures_of_a_part_are_those_of_the_whole",
        "test_study_parts.py::test_figures_of_the_points_need_no_runs",
        "test_style.py",
        "test_sweeps.py::test_a_long_sweep_is_told_in_part",
        "test_sweeps.py::test_a_summary_against_counting",
        "test_sweeps.py::test_large_sweeps_are_light",
        "test_sweeps.py::test_no_more_lines_than_can_be_told_apart",
        "test_time_left.py::test_what_is_said_is_about_right",
        "test_tutorial.py::test_the_pages_compare_nothing_on_other_data",
        "test_tutorial.py::test_the_pages_compare_on_the_tutorials_data",
        "test_units.py::test_a_map_fills_its_panel",
        "test_units.py::test_a_table_is_drawn_in_its_own_words",
        "test_units.py::test_a_table_is_told_in_its_own_words",
        "test_units.py::test_any_names_are_shown",
        "test_words.py::test_words_come_back_as_they_were",
        "test_workflows.py::test_the_fingerprint_stands_in_the_form_of_an_output",
    }
)

_WHOLE = re.compile(rf"^pytestmark = pytest\.mark\.({'|'.join(LEFT_OUT)})$", re.MULTILINE)


def is_left_out(module: Path) -> bool:
    """Return whether the lane leaves out all of a module: it is not even imported."""
    return module.name in SLOW or bool(_WHOLE.search(module.read_text(encoding="utf-8")))


def marks_of(item: pytest.Item) -> set[str]:
    """Return the names of a test's marks: its own, those of its fixtures, and if it is slow."""
    own = {mark.name for mark in item.iter_markers()}
    asked = {OF_FIXTURES[name] for name in getattr(item, "fixturenames", ()) if name in OF_FIXTURES}
    names = {item.path.name, f"{item.path.name}::{getattr(item, 'originalname', item.name)}"}
    return own | asked | ({"slow"} if names & SLOW else set())


class Refusal(MetaPathFinder):
    """Refuses to import what the lane does without, so that no test of it comes to need that."""

    def find_spec(self, name: str, *_: object) -> None:
        """Find nothing, but refuse those packages."""
        if name in WITHOUT:
            raise ImportError(f"the fast lane does without {name}: mark the test (tests/lanes.py)")
