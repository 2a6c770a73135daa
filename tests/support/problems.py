"""Problems that a check found."""


def codes(problems):
    """Return the code of each problem."""
    return [problem.code for problem in problems]
