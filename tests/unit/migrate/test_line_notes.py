"""Notes about lines: which files are read, and how findings of one line are joined."""

from sdist_upip.migrate.line_notes import find_line_notes
from support.trees import write_tree

FILES = {
    "requirements.txt": "sdist-upip\n",
    "a.sh": "pip install -r requirements.txt\npython setup.py sdist\n",
    "b.sh": "python setup.py sdist  # sdist_upip.py\n",
    "c.sh": "x\ncd dist; rm *.orig\n",
    "CHANGELOG.md": "- sdist_upip.py, python setup.py sdist\n",
    "README.md": "\npython setup.py sdist\n",
    "image.bin": b"sdist_upip.py\0",
    "setup.py": "# python setup.py sdist; dist/*.orig\n",
    ".gitignore": "*.orig\n",
    "gone.py": "python setup.py sdist\n",
}


def find(directory, changed, runs=True):
    notes = find_line_notes(write_tree(directory, FILES), changed, (), runs=runs)
    return [(path, number) for path, number, _ in notes]


def test_notes_of_a_project(tmp_path):
    changed = {"sdist_upip.py": None, "gone.py": None}
    assert find(tmp_path, changed) == [("README.md", 2), ("b.sh", 1), ("c.sh", 2)]
    assert find(tmp_path, {}, runs=False) == [("c.sh", 2)]
    changed["c.sh"] = "x\n"
    assert find(tmp_path, changed, runs=False) == [("b.sh", 1)]


def test_findings_of_a_line_are_joined(tmp_path):
    notes = find_line_notes(write_tree(tmp_path, FILES), {"sdist_upip.py": None}, (), runs=True)
    text = next(text for path, _, text in notes if path == "b.sh")
    assert text.startswith("names sdist_upip.py, which is removed.")
    assert " It also runs setup.py sdist, " in text
