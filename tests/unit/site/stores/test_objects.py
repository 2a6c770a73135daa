"""How files of object stores are written: headers and conditions, as the libraries take them."""

from typing import ClassVar

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from sdist_upip.site.stores.objects import (
    FileObjects,
    GoogleObjects,
    Objects,
    S3Objects,
    SftpObjects,
    find_code,
)


class Recorder:
    """A file system that records how it is called, and raises `error`, if there is one."""

    async_impl = True

    def __init__(self, error=None):
        self.calls = []
        self.error = error

    def __getattr__(self, name):
        def call(*arguments, **options):
            self.calls.append((name, arguments, options))
            if self.error and name in ("pipe_file", "open"):
                raise self.error
            return False

        return call


class Response(OSError):
    def __init__(self, code):
        super().__init__(code)
        self.response = {"Error": {"Code": code}}


HTML = "text/html; charset=utf-8"
SHORT = "public, max-age=60"


@pytest.mark.parametrize(
    "kind, options",
    [
        (S3Objects, {"ContentType": HTML, "CacheControl": SHORT}),
        (GoogleObjects, {"content_type": HTML, "fixed_key_metadata": {"cache_control": SHORT}}),
        (Objects, {}),
    ],
)
def test_files_are_written_with_their_headers(kind, options):
    fs = Recorder()
    objects = kind(fs, "bucket/site/")
    objects.put("index.html", b"1")
    assert fs.calls == [("pipe_file", ("bucket/site/index.html", b"1"), options)]


@pytest.mark.parametrize(
    "kind, use, options",
    [
        (S3Objects, lambda objects: objects.create("x", b""), {"IfNoneMatch": "*"}),
        (S3Objects, lambda objects: objects._replace("x", b"", '"tag"'), {"IfMatch": '"tag"'}),
        (GoogleObjects, lambda objects: objects.create("x", b""), {"mode": "create"}),
        (Objects, lambda objects: objects.create("x", b""), {"mode": "create"}),
    ],
)
def test_conditions(kind, use, options):
    fs = Recorder()
    assert use(kind(fs, "bucket"))
    ((_, _, used),) = fs.calls
    assert {key: used[key] for key in options} == options


@pytest.mark.parametrize("code", ["PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"])
def test_a_condition_of_s3_that_does_not_hold(code):
    assert not S3Objects(Recorder(Response(code)), "bucket")._replace("x", b"", "tag")
    error = FileExistsError("x")  # as s3fs translates it
    error.__cause__ = Response(code)
    assert not S3Objects(Recorder(error), "bucket").create("x", b"")


@pytest.mark.parametrize("code", ["NoSuchBucket", "AccessDenied", "InternalError"])
def test_other_failures_of_s3(code):
    for use in (
        lambda objects: objects._replace("x", b"", "tag"),
        lambda objects: objects.create("x", b""),
        lambda objects: objects.get_versioned("x"),
    ):
        with pytest.raises(Response):
            use(S3Objects(Recorder(Response(code)), "bucket"))


def test_a_file_that_another_run_created_first():
    assert not GoogleObjects(Recorder(FileExistsError("x")), "bucket").create("x", b"")
    assert not Objects(Recorder(FileExistsError("x")), "bucket").create("x", b"")


def test_other_files_are_written_aside_and_renamed():
    fs = Recorder()
    FileObjects(fs, "/site").put("a/x", b"1")
    (staged, data) = next(arguments for name, arguments, _ in fs.calls if name == "pipe_file")
    assert staged.startswith("/site/.sdist-upip.site/")
    assert data == b"1"
    assert fs.calls[-1] == ("mv", (staged, "/site/a/x"), {})


@pytest.mark.parametrize("kind, mode", [(FileObjects, "xb"), (SftpObjects, "wxb")])
def test_files_are_created_exclusively(kind, mode):
    fs = Recorder(FileExistsError("x"))
    with pytest.raises(FileExistsError):
        kind(fs, "/site").create("lock", b"1")
    assert ("open", ("/site/lock", mode), {}) in fs.calls


def test_the_code_of_a_response_is_found_behind_other_exceptions():
    error = ValueError("x")
    error.__context__ = KeyError("y")
    error.__context__.__cause__ = Response("NoSuchBucket")
    assert find_code(error) == "NoSuchBucket"
    assert find_code(ValueError()) == find_code(None) == ""
    error = ValueError()
    error.response = "not of S3"
    assert find_code(error) == ""


def test_as_many_files_at_a_time_as_a_library_allows():
    assert Objects(Recorder(), "bucket").workers == 16
    assert Objects(MemoryFileSystem(), "bucket").workers == 1


class Forgetful(MemoryFileSystem):
    """A store that ignores all conditions, as some servers do."""

    store: ClassVar[dict] = {}
    pseudo_dirs: ClassVar[list] = [""]

    def pipe_file(self, path, value, mode="overwrite", **options):
        super().pipe_file(path, value)


@pytest.mark.parametrize("kind", [Objects, GoogleObjects])
def test_a_server_that_ignores_conditions(kind):
    objects = kind(Forgetful(), f"/{kind.__name__}")
    assert objects.swap("x", b"1", "")
    assert not objects.swap("x", b"2", "")
    _, token = objects.get_versioned("x")
    assert objects.swap("x", b"2", token)
    assert not objects.swap("x", b"3", token)
    assert objects.get("x") == b"2"
