from sdist_upip.config import Config
from sdist_upip.steps.registry import load_steps


def test_the_default_steps_are_found_by_their_entry_points():
    assert [name for name, _ in load_steps(Config())] == ["resources", "metadata"]
