"""Lines that run setup.py or name removed files, in the spellings of CI files and scripts."""

import pytest

from sdist_upip.migrate.command_notes import (
    find_commands,
    find_names,
    find_orig_files,
    is_document,
    is_history,
)


def commands(text, path="run.sh", requirements=()):
    return [number for number, _ in find_commands(path, text, requirements)]


@pytest.mark.parametrize(
    "line",
    [
        "python setup.py sdist",
        "python3 setup.py sdist upload",
        "python3.11 -W ignore setup.py sdist upload -r pypi",
        "$(PYTHON) setup.py sdist bdist_wheel",
        "${PYTHON:-python3} ./setup.py sdist",
        '"$PYTHON" setup.py sdist',
        "python setup.py -q sdist --formats=gztar",
        "python setup.py --quiet egg_info -b '' sdist",
        "\t@python $(DIR)/setup.py sdist",
        "./setup.py sdist",
        "cd lib && python setup.py sdist && twine upload dist/*",
        '  run: "python setup.py sdist"',
        'RUN ["python", "setup.py", "sdist"]',
        'session.run("python", "setup.py", "sdist")',
        "subprocess.check_call([sys.executable, 'setup.py', 'sdist'])",
        'os.system("python setup.py sdist")',
        "py -3 setup.py sdist",
        "python setup.py \\\n    sdist",
        'check_call(\n  [\n    sys.executable,\n    "setup.py",\n    "sdist",\n  ]\n)',
        "python setup.py bdist_wheel",
        "python setup.py sdist optimize_upip",
        "python setup.py build",
        "python setup.py install --user",
        "python setup.py check -m -r",
        "VERSION=$(python setup.py --version)",
        "{envpython} setup.py sdist",
        "coverage run setup.py test; python setup.py test",
        "python -m build --sdist --no-isolation",
        "python -m build -n",
        "pip install --no-build-isolation -e .",
    ],
)
def test_a_line_that_needs_the_distribution(line):
    assert len(commands(f"{line}\n")) == 1
    assert len(commands(f"\ufeffpip install setuptools twine\r\n{line}\r\n")) == 1
    assert commands(f"pip install setuptools sdist-upip\n{line}\n") == []


@pytest.mark.parametrize(
    "line",
    [
        "COPY setup.py install.sh /src/",
        "flake8 setup.py tests",
        "cp setup.py dist/",
        "git add setup.py README.md",
        "# python setup.py sdist",
        "REM python setup.py sdist",
        "python -m build --sdist",
        "pip install .",
        "python setup.py",
        "black setup.py src tests",
        "#@python $(DIR)/setup.py bdist_wheel",
    ],
)
def test_other_lines(line):
    assert commands(f"{line}\n") == []


@pytest.mark.parametrize(
    "line",
    [
        "pip install sdist-upip",
        "pip install 'sdist_upip[mpy]>=1' twine",
        "deps =\n    sdist-upip",
        "      - sdist_upip>=1",
        "pip install -r tools/requirements.txt",
    ],
)
def test_an_installation_is_enough(line):
    text = f"{line}\npython setup.py sdist\n"
    assert commands(text, requirements=["tools/requirements.txt"]) == []
    assert commands(text.replace(line, "# " + line.replace("\n", "\n#"))) != []


def test_remedies():
    def remedy(line):
        return next(iter(find_commands("run.sh", line, ())))[1]

    assert remedy("python setup.py sdist").endswith(
        "Run pip install sdist-upip before it, or run python -m build --sdist instead."
    )
    assert "before it, or run" not in remedy("python setup.py bdist_wheel")
    assert "optimize_upip, which does not exist" in remedy("python setup.py sdist optimize_upip")
    assert "omit the option" in remedy("python -m build --no-isolation")


WORKFLOW = """name: x
jobs:
  # first
  one:
    steps:
      - run: pip install sdist-upip
      - run: python setup.py sdist
  two:
    steps:
      - run: python setup.py sdist
"""
TOX = """[testenv]
deps = sdist-upip
[testenv:a]
commands = python setup.py sdist
[testenv:b]
deps = twine
commands = python setup.py sdist
[testenv:c]
deps = {[testenv]deps}
commands = python setup.py sdist
"""


def test_jobs_and_environments_install_for_themselves():
    assert commands(WORKFLOW, ".github/workflows/x.yml") == [10]
    assert commands(TOX, "tox.ini") == [7]


@pytest.mark.parametrize(
    "line",
    [
        "cp setup.py sdist_upip.py relay.py stage/",
        'FILES = ("setup.py", "sdist_upip.py")',
        "shutil.copy2('tools/sdist_upip.py', target)",
        "tar cf x.tar setup.py tools/sdist_upip.py",
        "exclude = .git,sdist_upip.py,dist",
        "    exclude: ^sdist_upip.py$",
        "sdist_upip.py linguist-vendored",
        "See [the script](sdist_upip.py).",
        "from the `sdist_upip.py` script",
        "cat sdist_upip.py|wc",
    ],
)
def test_a_line_that_names_the_removed_file(line):
    ((number, text),) = find_names(f"x\n{line}\n", ["tools/sdist_upip.py"], (), is_text=False)
    assert number == 2
    assert text == "names sdist_upip.py, which is removed. Remove the name there."


def test_a_name_in_a_regular_expression():
    line = r"exclude: ^(docs/|sdist_upip\.py$)"
    assert [number for number, _ in find_names(line, ["sdist_upip.py"], (), is_text=False)] == [1]


@pytest.mark.parametrize(
    "line",
    [
        "https://example.org/picoweb/blob/x/sdist_upip.py",
        "my_sdist_upip.py",
        "sdist_upip.pyc",
        "import sdist_upip",
        "cmdclass = sdist_upip.sdist",
    ],
)
def test_other_names(line):
    assert list(find_names(line, ["sdist_upip.py"], (), is_text=False)) == []


def test_a_removed_directory():
    text = "cp -r sdist_upip stage\nPYTHONPATH=./sdist_upip make\nimport sdist_upip\nsdist_upip.x\n"
    found = find_names(text, ["sdist_upip/a.py"], ["sdist_upip"], is_text=False)
    assert [number for number, _ in found] == [1, 2]
    assert list(find_names(text, ["sdist_upip/a.py"], ["sdist_upip"], is_text=True)) == []


def test_files_of_the_copy():
    text = 'x\n"dist/*.orig"\nglob("*.orig")\nf"{name}.tar.gz.orig"\nmerge.orig\n# dist/*.orig\n'
    assert [number for number, _ in find_orig_files(text)] == [2, 3, 4]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("README.md", (True, False)),
        ("docs/how.rst", (True, False)),
        ("README", (True, False)),
        ("CHANGELOG.md", (True, True)),
        ("docs/history.rst", (True, True)),
        (".snippets/24.md", (True, True)),
        (".github/CONTRIBUTING.md", (True, False)),
        ("requirements-dev.txt", (False, False)),
        ("Makefile", (False, False)),
    ],
)
def test_documents(path, expected):
    assert (is_document(path), is_history(path)) == expected
