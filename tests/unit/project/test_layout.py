"""What real projects declare ends up at its install path, and nothing else does."""

import pytest

from support.trees import write_tree


def names(members):
    return sorted(set(members) - {"PKG-INFO"})


def test_flat_packages_and_modules(make_project, build):
    project = make_project(
        {"a/__init__.py": "", "a/b/__init__.py": "", "a/b/c.py": "", "m.py": "", "other.py": ""},
        '[tool.setuptools]\npackages = ["a", "a.b"]\npy-modules = ["m"]\n',
    )
    assert names(build(project)) == ["a/__init__.py", "a/b/__init__.py", "a/b/c.py", "m.py"]


def test_src_layout(make_project, build):
    project = make_project(
        {"src/a/__init__.py": "", "src/a/data.txt": "data", "src/m.py": "", "a/x.py": ""},
        '[tool.setuptools]\npy-modules = ["m"]\npackage-data = { a = ["*.txt"] }\n'
        '[tool.setuptools.packages.find]\nwhere = ["src"]\n'
        '[tool.setuptools.package-dir]\n"" = "src"\n',
    )
    assert names(build(project)) == ["a/R.py", "a/__init__.py", "a/data.txt", "m.py"]


def test_package_dir_of_single_packages(make_project, build):
    project = make_project(
        {"lib/one/__init__.py": "", "other/two/__init__.py": "", "other/two/x.py": ""},
        '[tool.setuptools]\npackages = ["one", "one.two"]\n'
        'package-dir = { one = "lib/one", "one.two" = "other/two" }\n',
    )
    assert names(build(project)) == ["one/__init__.py", "one/two/__init__.py", "one/two/x.py"]


def test_a_package_that_is_the_project_directory(make_project, build):
    project = make_project(
        {"__init__.py": "", "x.py": "", "page.txt": "page"},
        '[tool.setuptools]\npackages = ["a"]\npackage-dir = { a = "." }\n'
        'package-data = { a = ["*.txt"] }\n',
    )
    assert names(build(project)) == ["a/R.py", "a/__init__.py", "a/page.txt", "a/x.py"]


def test_packages_with_slashes(make_project, build):
    project = make_project(
        {
            "setup.py": "from setuptools import setup\nsetup(packages=['a', 'a/b'],"
            " package_data={'a/b': ['*.txt']})\n",
            "a/__init__.py": "",
            "a/b/__init__.py": "",
            "a/b/c.py": "",
            "a/b/d.txt": "d",
        }
    )
    members = build(project)
    assert names(members) == ["a/R.py", "a/__init__.py", "a/b/__init__.py", "a/b/c.py", "a/b/d.txt"]
    assert b"b/d.txt" in members["a/R.py"]


def test_namespace_packages_have_their_resources_in_the_first_regular_package(make_project, build):
    project = make_project(
        {
            "src/ns/one/__init__.py": "",
            "src/ns/one/page.html": "1",
            "src/ns/two/deep/__init__.py": "",
            "src/ns/two/deep/er/__init__.py": "",
            "src/ns/two/deep/er/page.html": "2",
        },
        '[tool.setuptools.packages.find]\nwhere = ["src"]\nnamespaces = true\n'
        '[tool.setuptools.package-data]\n"*" = ["*.html"]\n',
    )
    members = build(project)
    assert names(members) == [
        "ns/one/R.py",
        "ns/one/__init__.py",
        "ns/one/page.html",
        "ns/two/deep/R.py",
        "ns/two/deep/__init__.py",
        "ns/two/deep/er/__init__.py",
        "ns/two/deep/er/page.html",
    ]
    assert read_resources(members["ns/one/R.py"]) == {"page.html": b"1"}
    assert read_resources(members["ns/two/deep/R.py"]) == {"er/page.html": b"2"}


def read_resources(source):
    scope = {}
    exec(source, scope)
    return scope["R"]


def test_automatic_discovery(make_project, build):
    project = make_project({"src/a/__init__.py": "", "tests/test_a.py": "", "docs/conf.py": ""})
    assert names(build(project)) == ["a/__init__.py"]


def test_data_files_go_to_their_target(make_project, build):
    project = make_project(
        {"m.py": "", "etc/page.html": "page", "etc/x/y.bin": b"\0", "root.txt": "root"},
        '[tool.setuptools]\npy-modules = ["m"]\n[tool.setuptools.data-files]\n'
        '"www" = ["etc/*.html"]\n"." = ["root.txt"]\n"a/b" = ["etc/x/y.bin"]\n',
    )
    members = build(project)
    assert names(members) == ["a/b/y.bin", "m.py", "root.txt", "www/page.html"]


@pytest.mark.parametrize(
    ("target", "source", "path"),
    [
        ("static", "static/css/x.css", "static/css/x.css"),
        ("static/", "./static/css/x.css", "static/css/x.css"),
        ("./static", "static/css/x.css", "static/css/x.css"),
        ("static/css", "static/css/x.css", "static/css/x.css"),
        ("static/css", "static/x.css", "static/css/x.css"),
        ("stat", "static/x.css", "stat/x.css"),
        ("www", "static/www/x.css", "www/x.css"),
        ("www/static", "static/x.css", "www/static/x.css"),
        ("", "static/x.css", "x.css"),
        (".", "static/x.css", "x.css"),
    ],
)
def test_data_files_below_their_target_keep_their_path(target, source, path, make_project, build):
    """That is where every upip has installed them, and where programs look."""
    setup = (
        f"from setuptools import setup\nsetup(py_modules=['m'], data_files={[(target, [source])]})"
    )
    members = build(make_project({"m.py": "", source: "x", "setup.py": setup}))
    assert names(members) == sorted(["m.py", path])


def test_data_files_in_a_package_are_resources(make_project, build):
    project = make_project(
        {"a/__init__.py": "", "etc/page.html": "page"},
        '[tool.setuptools]\npackages = ["a"]\n'
        '[tool.setuptools.data-files]\n"a/www" = ["etc/*.html"]\n',
    )
    members = build(project)
    assert read_resources(members["a/R.py"]) == {"www/page.html": b"page"}


MANIFEST_FILES = {
    "a/__init__.py": "",
    "a/data/page.html": "page",
    "a/data/notes.txt": "notes",
    "a/secret.py": "",
    "docs/index.html": "docs",
}


@pytest.mark.parametrize("include", ["true", "false"])
def test_manifest_in_declares_and_excludes_files_of_packages(include, make_project, build, capsys):
    project = make_project(
        {
            **MANIFEST_FILES,
            "MANIFEST.in": "graft docs\nrecursive-include a \\\n  *.html # pages\n"
            "exclude a/secret.py\n",
        },
        f'[tool.setuptools]\npackages = ["a"]\ninclude-package-data = {include}\n',
    )
    assert names(build(project)) == ["a/R.py", "a/__init__.py", "a/data/page.html"]
    output = capsys.readouterr().out
    assert "a/secret.py: excluded by MANIFEST.in" in output
    assert "a/data/notes.txt: declared neither in MANIFEST.in nor as package data" in output
    assert "docs/index.html: outside every declared package" in output


@pytest.mark.parametrize("include", ["true", "false"])
def test_exclude_package_data_wins_over_manifest_in(include, make_project, build):
    project = make_project(
        {**MANIFEST_FILES, "MANIFEST.in": "graft a\n"},
        f'[tool.setuptools]\npackages = ["a"]\ninclude-package-data = {include}\n'
        '[tool.setuptools.exclude-package-data]\na = ["data/*.txt"]\n',
    )
    assert names(build(project)) == ["a/R.py", "a/__init__.py", "a/data/page.html", "a/secret.py"]


def test_a_hand_written_manifest_is_honored(make_project, build):
    project = make_project(
        {
            **MANIFEST_FILES,
            "MANIFEST": "# what to ship\na/__init__.py\n\na/data/page.html\ndocs/index.html\n",
        },
        '[tool.setuptools]\npackages = ["a"]\n',
    )
    assert names(build(project)) == ["a/R.py", "a/__init__.py", "a/data/page.html", "a/secret.py"]


def test_a_generated_manifest_is_ignored(make_project, build):
    header = "# file GENERATED by distutils, do NOT edit\n"
    project = make_project(
        {**MANIFEST_FILES, "MANIFEST": header + "a/data/page.html\ngone.txt\n"},
        '[tool.setuptools]\npackages = ["a"]\n',
    )
    assert names(build(project)) == ["a/__init__.py", "a/secret.py"]


def test_a_stale_sources_txt_keeps_nothing_in(make_project, build):
    project = make_project(
        {
            **MANIFEST_FILES,
            "MANIFEST.in": "include a/data/page.html\n",
            "x.egg-info/SOURCES.txt": "a/data/notes.txt\na/data/page.html\n",
            "x.egg-info/PKG-INFO": "Metadata-Version: 2.1\nName: x\nVersion: 0.1\n",
        },
        '[tool.setuptools]\npackages = ["a"]\n',
    )
    assert names(build(project)) == [
        *("a/R.py", "a/__init__.py", "a/data/page.html", "a/secret.py")
    ]


def test_package_data_and_its_excludes(make_project, build):
    project = make_project(
        MANIFEST_FILES,
        '[tool.setuptools]\npackages = ["a"]\ninclude-package-data = false\n'
        '[tool.setuptools.package-data]\na = ["data/*"]\n'
        '[tool.setuptools.exclude-package-data]\na = ["data/*.txt"]\n',
    )
    assert names(build(project)) == ["a/R.py", "a/__init__.py", "a/data/page.html", "a/secret.py"]


def test_files_that_a_device_does_not_need_are_excluded(make_project, build, capsys, caplog):
    host = {
        "setup.py": "from setuptools import setup\nsetup()\n",
        "setup.cfg": "",
        "MANIFEST.in": "graft .\n",
        "README.md": "# x\n",
        "LICENSE": "free\n",
        "CHANGELOG.md": "",
        "tox.ini": "",
        "tests/test_a.py": "",
        "tests/__init__.py": "",
        "docs/conf.py": "",
        "tools/make.py": "",
        "a/py.typed": "",
        "a/types.pyi": "",
        "a/fast.c": "",
        "a/fast.h": "",
        "a/fast.pyx": "",
        "a/__pycache__/x.cpython-311.pyc": b"\0",
        "a/old.pyc": b"\0",
    }
    project = make_project(
        {**host, "a/__init__.py": "", "a/data.txt": "data"},
        '[tool.setuptools.packages.find]\ninclude = ["a", "tests*"]\nnamespaces = false\n',
    )
    assert names(build(project)) == ["a/R.py", "a/__init__.py", "a/data.txt"]
    output = capsys.readouterr().out
    for line in (
        "MANIFEST.in, pyproject.toml, setup.cfg, setup.py: builds the package",
        "CHANGELOG.md, README.md: documentation",
        "LICENSE: license",
        "a/py.typed, a/types.pyi: type information",
        "a/fast.c, a/fast.h, a/fast.pyx: C source",
        "a/__pycache__/x.cpython-311.pyc, a/old.pyc: bytecode of CPython",
        "docs/conf.py, tools/make.py: outside every declared package",
        "tests/__init__.py, tests/test_a.py: top-level package 'tests' is for the host",
    ):
        assert line in output, line
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert [text for text in warnings if text.startswith("Excluded the top-level")] == [
        "Excluded the top-level package 'tests', which was found and not named. Packages of that "
        "name (benchmarks, doc, docs, example, examples, test, tests, tools) are usually for the "
        "host. Name it in packages to keep it, or exclude it there."
    ]


FIND = "packages=find_packages()"


@pytest.mark.parametrize(
    ("declared", "kept"),
    [
        (FIND, {"a"}),
        ("packages=['a', 'test', 'tools']", {"a", "test", "tools"}),
        ("packages=['a'] + ['test'] + find_packages(include=['tools'])", {"a", "test", "tools"}),
        (f"{FIND}, package_data={{'tools': ['*.txt']}}", {"a", "tools"}),
        (f"{FIND}, test_suite='test', description='tools'", {"a"}),
        ("packages=find_packages(exclude=['a']), keywords='test'", {"test", "tools"}),
        (f"{FIND}, zip_safe=os.path.join('test', 'x') == ''", {"a"}),
    ],
)
def test_packages_for_hosts_are_kept_if_they_are_named(declared, kept, make_project, build):
    setup = f"import os\nfrom setuptools import find_packages, setup\nsetup({declared})\n"
    packages = {f"{name}/__init__.py": "" for name in ("a", "test", "tools")}
    members = build(make_project({**packages, "setup.py": setup}))
    assert {name.partition("/")[0] for name in names(members)} == kept


def test_the_output_of_a_build_is_no_package(make_project, build):
    setup = (
        "from setuptools import find_namespace_packages, setup\n"
        "setup(packages=find_namespace_packages())"
    )
    files = dict.fromkeys(["a/m.py", "build/lib/a/m.py", "dist/x/m.py"], "")
    assert names(build(make_project({**files, "setup.py": setup}))) == ["a/m.py"]


ALL_OF_IT = """
from setuptools import setup

# setuptools 61 matches one directory by `**`.
setup(packages=['', 'a/'], package_data={'': ['**/*', '*', '*/*/*', '*/*/*/*']})
"""


LEFT_BEHIND = {
    "metadata of setuptools": ("a/x.egg-info/SOURCES.txt", "x.egg-info/PKG-INFO"),
    "file of version control": ("a/CVS/Root",),
    "file of an operating system": ("a/Thumbs.db", "a/desktop.ini"),
    "file of an editor": ("a/page.html~", "a/n.txt.~1~", "a/m.py.orig", "a/x.rej", "a/#m.py#"),
    "file of a tool": ("a/node_modules/x.js", "node_modules/b/y.js"),
    "file of a virtual environment": ("a/venv/lib/x.txt", "a/venv/pyvenv.cfg"),
    "output of a build": ("dist/x-0.9.tar.gz", "build/lib/m.py"),
    "builds or tests the package, not needed on a device": (
        *("conftest.py", "noxfile.py", "pyproject.toml", "requirements-dev.txt", "tox.ini"),
    ),
    "documentation, not needed on a device": ("CHANGES", "NEWS.rst", "README"),
    "bytecode of CPython": ("a/__pycache__/m.cpython-311.pyc", "a/m.pyo"),
}


def test_what_patterns_sweep_in_is_left_out_and_named(make_project, build, capsys):
    files = dict.fromkeys((path for paths in LEFT_BEHIND.values() for path in paths), "")
    del files["pyproject.toml"]
    project = make_project(
        {
            **files,
            "setup.py": ALL_OF_IT,
            "m.py": "",
            "a/__init__.py": "",
            "a/page.html": "",
            "www/i.html": "",
        }
    )
    assert names(build(project)) == [
        *("a/R.py", "a/__init__.py", "a/page.html", "m.py", "www/i.html")
    ]
    output = capsys.readouterr().out
    for reason, paths in LEFT_BEHIND.items():
        (line,) = (line for line in output.splitlines() if line.endswith(f": {reason}"))
        assert all(path in line for path in paths), line
    assert "setup.py: builds the package, not needed on a device" in output


GENERATED = """
import os
from setuptools import setup

def walk(top):
    for parent, _, names in os.walk(top):
        yield from (os.path.relpath(os.path.join(parent, name), top) for name in names)

setup(
    packages=["", "p"],
    package_dir={"": "src"},
    package_data={"": list(walk("src")), "p": list(walk("src/p"))},
)
"""


def test_a_generated_list_sweeps_in_too(make_project, build, capsys):
    hidden = ("p/.DS_Store", "p/.git/HEAD", "p/.a.html.swp", "x.egg-info/SOURCES.txt", "p/m.pyc")
    files = {f"src/{name}": "" for name in (*hidden, "p/__init__.py", "p/a.html", "m.py")}
    members = build(make_project({"setup.py": GENERATED, **files}))
    assert names(members) == ["m.py", "p/R.py", "p/__init__.py", "p/a.html"]
    output = capsys.readouterr().out
    assert all(f"src/{name}" in output for name in hidden)


def test_what_is_spelled_out_is_wanted(make_project, build):
    data = {"a/node_modules/x.js": "", "a/.gitignore": "", "dist/page.html": "", "README.md": "#"}
    project = make_project(
        {
            **data,
            "m.py": "",
            "a/__init__.py": "",
            "a/desktop.ini": "",
            "setup.py": "from setuptools import setup\nsetup(packages=['', 'a'], package_data={"
            "'a': ['node_modules/*', '.gitignore', '*.ini'], '': ['dist/*.html', 'README.md']})\n",
        },
        '[tool.sdist-upip]\nresources = "files"\n',
    )
    assert names(build(project)) == sorted([*data, "a/__init__.py", "m.py"])


@pytest.mark.parametrize("name", ["b~1.txt", "x.egg-info/top_level.txt"])
def test_patterns_of_include_sweep_nothing_in(name, make_project, build):
    project = make_project(
        {"m.py": "", f"www/{name}~": "", "www/x.egg-info/y": "", "www/i.html": ""},
        '[tool.setuptools]\npy-modules = ["m"]\n[tool.sdist-upip]\ninclude = ["www/**"]\n',
    )
    assert names(build(project)) == ["m.py", "www/i.html"]


@pytest.mark.parametrize(
    ("files", "declared"),
    [
        ({"m-stubs/__init__.pyi": ""}, "packages=['m-stubs'], package_data={'': ['*.pyi']}"),
        ({"m-stubs/__init__.pyi": ""}, "packages=['m-stubs']"),
        (
            {"m-stubs/__init__.pyi": "", "m-stubs/py.typed": "partial\n"},
            "packages=['m-stubs'], package_data={'m-stubs': ['*']}",
        ),
        ({"m-stubs/a/__init__.pyi": ""}, "packages=['m-stubs.a'], package_dir={'': '.'}"),
        ({"a/m.pyi": "", "a/py.typed": ""}, "packages=['a']"),
        ({"u.pyi": ""}, "data_files=['u.pyi']"),
        ({"u.pyi": ""}, "py_modules=['u']"),
        ({"src/u.pyi": ""}, "py_modules=['u'], package_dir={'': 'src'}"),
    ],
)
def test_type_stubs_are_for_computers(files, declared, make_project, fail):
    setup = f"from setuptools import setup\nsetup({declared})\n"
    error = fail(make_project({**files, "setup.py": setup}))
    assert "(.pyi), which " in error
    assert error.endswith("Publish the stubs as a wheel, without sdist-upip.")


def test_include_and_exclude(make_project, build, capsys):
    project = make_project(
        {
            "a/__init__.py": "",
            "a/fast.c": "int x;",
            "a/testing/__init__.py": "",
            "a/testing/x.py": "",
            "www/index.html": "index",
            "www/js/x.js": "x",
            "tests/__init__.py": "",
        },
        "[tool.setuptools.packages.find]\n[tool.sdist-upip]\n"
        'include = ["www/**", "a/*.c", "tests/*.py"]\nexclude = ["a/testing/**", "www/js/*"]\n',
    )
    members = build(project)
    assert names(members) == [
        *("a/R.py", "a/__init__.py", "a/fast.c", "tests/__init__.py", "www/index.html")
    ]
    output = capsys.readouterr().out
    assert "a/testing/__init__.py, a/testing/x.py, www/js/x.js: excluded by" in output


def test_kept_licenses_are_not_named_as_left_out(make_project, build, capsys):
    project = make_project(
        {"a/__init__.py": "", "LICENSE": "free"},
        '[tool.setuptools]\npackages = ["a"]\n[tool.sdist-upip]\nlicense-files = "keep"\n',
    )
    members = build(project)
    assert names(members) == ["a/__init__.py", "x.egg-info/licenses/LICENSE"]
    assert b"License-File: x.egg-info/licenses/LICENSE\n" in members["PKG-INFO"]
    assert "carries it" not in capsys.readouterr().out
    assert names(build(project, "--license-files", "drop")) == ["a/__init__.py"]
    assert "LICENSE: license" in capsys.readouterr().out


def test_files_of_a_plug_in_outside_the_packages_are_excluded(
    make_project, build, tmp_path, monkeypatch
):
    """A file finder such as setuptools-scm's lists every tracked file."""
    finder = "def find(directory):\n    return ['a/__init__.py', 'secrets.txt', 'ci/run.py']\n"
    plug_in = write_tree(
        tmp_path / "plug-in",
        {
            "sweeper.py": finder,
            "sweeper-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: sweeper\nVersion: 1\n",
            "sweeper-1.dist-info/entry_points.txt": "[setuptools.file_finders]\nx = sweeper:find\n",
        },
    )
    monkeypatch.syspath_prepend(plug_in)
    project = make_project(
        {"a/__init__.py": "", "secrets.txt": "s", "ci/run.py": ""},
        '[tool.setuptools]\npackages = ["a"]\n',
    )
    assert names(build(project)) == ["a/__init__.py"]


def test_a_symlink_inside_the_project_gives_its_content(make_project, build):
    project = make_project(
        {"a/__init__.py": "", "shared/page.html": "page"},
        '[tool.setuptools]\npackages = ["a"]\npackage-data = { a = ["*.html", "more/*.html"] }\n',
    )
    (project / "a/page.html").symlink_to("../shared/page.html")
    (project / "a/more").symlink_to("../shared", target_is_directory=True)
    members = build(project)
    assert members["a/page.html"] == members["a/more/page.html"] == b"page"


def test_file_names_with_dots(make_project, build):
    project = make_project(
        {"a/__init__.py": "", "a/boot.v2.py": "1", "a/boot/__init__.py": "", "a/boot/v2.py": "2"},
        '[tool.setuptools]\npackages = ["a", "a.boot"]\n',
    )
    members = build(project)
    assert (members["a/boot.v2.py"], members["a/boot/v2.py"]) == (b"1", b"2")


@pytest.mark.parametrize("source", ["os.path.abspath('src')", "'./lib/../src'"])
def test_package_dir_in_an_odd_spelling(source, build, tmp_path, capsys):
    project = write_tree(
        tmp_path / "project",
        {
            "setup.py": "import os\nfrom setuptools import setup\n"
            "setup(name='x', version='1.0', packages=['a'],\n"
            f"      package_dir={{'': {source}}}, include_package_data=False)\n",
            "lib/x.txt": "",
            "src/a/__init__.py": "",
            "src/a/d.txt": "d",
            "MANIFEST.in": "recursive-include src *.txt\n",
        },
    )
    assert names(build(project)) == ["a/R.py", "a/__init__.py", "a/d.txt"]
    assert "src/a" not in capsys.readouterr().out


def test_a_package_named_build(make_project, build):
    """setuptools prunes its own build directory from every manifest."""
    project = make_project(
        {"build/__init__.py": "", "build/x.py": "", "MANIFEST.in": "include pyproject.toml\n"},
        '[tool.setuptools]\npackages = ["build"]\n',
    )
    assert names(build(project)) == ["build/__init__.py", "build/x.py"]


def test_a_package_in_the_project_directory_does_not_own_what_tools_make(
    make_project, build, capsys
):
    project = make_project(
        {
            "__init__.py": "",
            "venv/pyvenv.cfg": "",
            "venv/lib/x.py": "",
            "node_modules/y.js": "",
            "dist/old.tar.gz": "",
        },
        '[tool.setuptools]\npackages = ["a"]\npackage-dir = { a = "." }\n',
    )
    (project / "venv/dangling").symlink_to("nowhere")
    assert names(build(project)) == ["a/__init__.py"]
    assert not {"venv", "node_modules", "old.tar.gz"} & set(
        capsys.readouterr().out.replace("/", " ").split()
    )


def test_include_takes_no_output_of_tools_and_follows_symlinks(make_project, build):
    project = make_project(
        {
            "a/__init__.py": "",
            "shared/index.html": "index",
            ".conf/net.json": "{}",
            ".git/config": "",
            "dist/x-0.9.tar.gz": "old",
            "build/lib/a/__init__.py": "",
        },
        '[tool.setuptools]\npackages = ["a"]\n'
        '[tool.sdist-upip]\ninclude = ["**/*.html", ".conf/**"]\n',
    )
    (project / "www").symlink_to("shared", target_is_directory=True)
    (project / "shared/loop").symlink_to("..", target_is_directory=True)
    expected = [".conf/net.json", "a/__init__.py", "shared/index.html", "www/index.html"]
    assert names(build(project)) == expected
    path = project / "pyproject.toml"
    path.write_text(
        path.read_text().replace('"**/*.html"', '"**"') + 'exclude = ["pyproject.toml"]\n'
    )
    assert not [name for name in build(project) if name.startswith(("dist", "build", ".git"))]


def test_exclude_leaves_out_what_steps_made_and_warns_of_patterns_that_match_nothing(
    make_project, build, caplog
):
    project = make_project(
        {"a/__init__.py": "", "a/page.html": "page"},
        '[tool.setuptools]\npackages = ["a"]\npackage-data = { a = ["*.html"] }\n'
        '[tool.sdist-upip]\nexclude = ["a/R.py", "nothing/**"]\n',
    )
    assert names(build(project)) == ["a/__init__.py", "a/page.html"]
    messages = [record.getMessage() for record in caplog.records]
    assert (
        "exclude in [tool.sdist-upip]: 'nothing/**' matches no file. Correct or remove the pattern."
    ) in messages


def test_a_missing_readme_in_manifest_in_is_not_an_error(make_project, build):
    project = make_project(
        {"a/__init__.py": "", "MANIFEST.in": "include README.rst\nfoo bar\ninclude\n"},
        '[tool.setuptools]\npackages = ["a"]\ninclude-package-data = false\n',
    )
    assert names(build(project)) == ["a/__init__.py"]


@pytest.mark.parametrize("length", [1, 33, 34, 35, 36, 37, 50, 68])
def test_projects_with_names_of_every_length(length, build, make_project):
    """They have a dependency, a license, entry points, data and a setup.py for pip."""
    name = "a" * length
    settings = (
        'dependencies = ["other"]\n[project.scripts]\nrun = "b:run"\n'
        '[tool.setuptools]\npackages = ["b"]\npackage-data = { b = ["*.txt"] }\n'
        '[tool.sdist-upip]\nlicense-files = "keep"\npip-compatible = true\n'
    )
    files = {"b/__init__.py": "", "b/x.txt": "x", "LICENSE": "free\n"}
    members = build(make_project(files, settings, name=name, version="1.0"))
    egg_info = f"{name if length <= 34 else 'a'}.egg-info"
    assert names(members) == sorted(
        [
            *("b/R.py", "b/__init__.py", "b/x.txt", "setup.py"),
            *(f"{egg_info}/licenses/LICENSE", f"{egg_info}/requires.txt"),
        ]
    )
    assert members[f"{egg_info}/requires.txt"] == b"other\n"
    assert f"License-File: {egg_info}/licenses/LICENSE\n".encode() in members["PKG-INFO"]


@pytest.mark.parametrize(("length", "fits"), [(70, True), (72, True), (73, False)])
def test_the_longest_name_with_a_dependency(length, fits, build, fail, make_project):
    settings = 'dependencies = ["other"]\n[tool.setuptools]\npy-modules = ["m"]\n'
    project = make_project({"m.py": ""}, settings, name="a" * length)
    if fits:
        assert names(build(project)) == ["a.egg-info/requires.txt", "m.py"]
    else:
        assert fail(project).endswith("may have 75 letters if it has dependencies.")
