"""No password, token or signature is left in a text, however its URL is spelled."""

import time

import pytest

from sdist_upip.messages.credentials import EXAMPLE, hide_credentials

HIDDEN = {
    "https://user:secret@h/simple/": "https://…@h/simple/",
    "https://secret@h/": "https://…@h/",
    "http://user:secret%40h/x": "http://…@h/x",
    "http:/user:secret%40h/x": "…@h/x",
    "http://user:secret\uff20h/x": "http://…@h/x",
    "netloc 'user\uff1asecret@h' is odd": "netloc '…@h' is odd",
    "https://user:se/cret@h/": "https://…@h/",
    "https://user:se?cret@h/": "https://…@h/",
    "https://user:se#cret@h/": "https://…@h/",
    "https://user:1/secret@h/": "https://…@h/",
    "https://user:se@cret@h/": "https://…@h/",
    "https://user:sec/ret@h/@scope/x": "https://…@scope/x",
    "http/user:my secret@h/x": "http/…@h/x",
    "https://user:my secret@h/x": "https://…@h/x",
    "http//user:my long secret@cret@h/x: no": "http//…@h/x: no",
    "//user:secret@h/simple": "//…@h/simple",
    "http//user:secret@h/x.tar.gz": "http//…@h/x.tar.gz",
    "http:/user:secret@h/x": "…@h/x",
    "http:user:secret@h": "…@h",
    "https:\\\\user:secret@h": "…@h",
    "user:secret@h:8080": "…@h:8080",
    "user@mail.example:secret@h": "…@h",
    "file://user:secret@h/x": "file://…@h/x",
    "git+https://user:secret@h/x.git@v1": "git+https://…@v1",
    "ssh://git@h/x.git": "ssh://…@h/x.git",
    "'https://user:secret@h/x'": "'https://…@h/x'",
    "trusted-host user:secret@h: Invalid": "trusted-host …@h: Invalid",
    "trusted_host='user:secret@h'": "trusted_host='…@h'",
    "a @ https://user:secret@h/a.tar.gz": "a @ https://…@h/a.tar.gz",
    "a@https://user:secret@h/a.tar.gz": "a@https://…@h/a.tar.gz",
    "x.txt, line 3: 'https://user:secret@h': no.": "x.txt, line 3: 'https://…@h': no.",
    "see https://h/x?token=secret, or not": "see https://h/x?…, or not",
    "'https://h/x?X-Amz-Signature=secret'": "'https://h/x?…'",
    "https://h/x?sig=secret#sha256=00": "https://h/x?…#sha256=00",
    "https://h/x?sig=secret: no answer": "https://h/x?…: no answer",
    "https://h/x#access_token=secret": "https://h/x#access_token=…",
    "http:/h/x?a=1&Token=secret&b=2": "http:/h/x?a=1&Token=…&b=2",
    "https://a:secret@h and https://b:secret@i": "https://…@h and https://…@i",
}
"""Text with `secret`, and as it is shown."""

KEPT = (
    "https://h/simple/pkg/",
    "https://h:8080/simple/pkg/",
    "https://h:8080/simple/: ask a@b.example",
    "https://h: ask a@b.example",
    "https://h/@scope/pkg",
    "git+https://h/x.git@v1.0",
    "git@h.example:owner/x.git",
    "a@1.0",
    "Name <name@mail.example>",
    "C:\\files\\a@b\\x.tar.gz",
    "/srv/files/a@b/x.tar.gz",
    "window=4096, expected key=value",
    "Is it? No: it is not.",
    f"(https://{EXAMPLE}@HOST/PATH)",
)


@pytest.mark.parametrize("text", HIDDEN)
def test_credentials_are_hidden(text):
    shown = hide_credentials(text)
    assert shown == HIDDEN[text]
    for part in ("secret", "cret", "sec/", "user"):
        assert part not in shown
    assert hide_credentials(shown) == shown


@pytest.mark.parametrize("text", KEPT)
def test_other_text_stays(text):
    assert hide_credentials(text) == text


PIECES = ("/", "//a:", "?token=", "@", "a:@ ", ":", "//@?", "//a:b ", "//:b", "http/a:b")


@pytest.mark.parametrize("piece", PIECES)
def test_long_text_takes_time_in_proportion(piece):
    text = piece * 10**5 + "@?"
    start = time.process_time()
    hide_credentials(text)
    assert time.process_time() - start < 5
