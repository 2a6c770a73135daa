"""A source, and the result of the step minify for it."""

from sdist_upip.release import Member, Release
from sdist_upip.steps.minify import minify_step
from sdist_upip.steps.runner import run_steps

SOURCE = '''"""Documentation of the module."""

from micropython import const

_SIZE = const(300)
LIMIT: int = 12


class Reading:
    """Documentation of the class."""

    value: int = 0

    def scale(self, factor: float, offset: int = 1) -> float:
        """Documentation of the method."""
        intermediate_result = self.value * factor
        if intermediate_result > LIMIT:
            raise ValueError()
        return intermediate_result + offset


def public_function(argument_with_a_long_name):
    local_variable_with_a_long_name = argument_with_a_long_name + 1
    assert local_variable_with_a_long_name
    return [local_variable_with_a_long_name, "text", "text", "text", "text", "text"]
'''


def minify(source, path="x/m.py", **options):
    members = (Member("PKG-INFO", b""), Member(path, source.encode()))
    step = minify_step({name.replace("_", "-"): value for name, value in options.items()})
    after, _ = run_steps(Release("x", "1", members), [("minify", step)])
    return after.members[1].data.decode()
