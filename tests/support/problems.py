"""Problems of a check."""


def codes(problems):
    """Return the code of each problem."""
    return [problem.code for problem in problems]
