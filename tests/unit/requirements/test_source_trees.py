"""Roots of an install without a source tree stay as they are."""

from packaging.requirements import Requirement

from sdist_upip.requirements.source_trees import build_source_trees


def test_nothing_is_built_without_a_project(tmp_path):
    assert build_source_trees([], tmp_path) == []
    assert build_source_trees([Requirement("a")], tmp_path) == [Requirement("a")]
    assert list(tmp_path.iterdir()) == []
