"""Advice for a missing module."""

from sdist_upip.check.code.modules import ReleaseModules
from sdist_upip.check.code.remedies import find_remedy
from sdist_upip.check.code.source import Source

SOURCE = Source("p/m.py", b"")
MODULES = ReleaseModules(["p/__init__.py", "p/m.py", "p/button.py"])


def test_a_file_of_the_project():
    def find_source(importer, module):
        assert importer == "p/m.py"
        return {"font": "src/font.py"}.get(module)

    text = "The project has src/font.py. Declare it in packages or py_modules."
    assert find_remedy(SOURCE, "font", MODULES, find_source) == text
    assert "Declare the module, require" in find_remedy(SOURCE, "other", MODULES, find_source)


def test_a_module_of_the_release_with_another_name():
    text = "The release has p.button. Import it by that name."
    assert find_remedy(SOURCE, "button", MODULES, None) == text


def test_a_distribution():
    text = "Require micropython-functools, or guard the import with except ImportError."
    assert find_remedy(SOURCE, "functools", MODULES, None) == text


def test_the_future_cannot_be_guarded():
    assert find_remedy(SOURCE, "__future__", MODULES, None).startswith("Remove the import.")
