"""Strings, docstrings, comments and documents are in plain English.

Code in documents is not checked: it shows what the program prints, and the program is checked.
"""

import io
import re
import tokenize
from bisect import bisect_right
from itertools import accumulate

import pytest

from support.paths import ROOT

FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (
        *(ROOT / "src").rglob("*.py"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")),
    )
)

RULES = {
    r"(?:is|are|was|were|be|been) no(?= [\w`'\"{])": "write 'is not a', or 'has no'",
    r"tells?|telling|told": "write 'return whether', 'state' or 'report'",
    r"anew": "write 'again', or 'a new'",
    r"mend(?:s|ed|ing)?": "write 'correct' or 'fix'",
    r"puts? (?:\w+ )?right": "write 'correct' or 'fix'",
    r"(?:stands?|standing|stood)(?!-)": "write 'is' or 'means'",
    r"in vain": "name the effect",
    r"vouch\w*": "write 'trusted' or 'verified'",
    r"rooms?": "write 'space'",
    r"what (?:is|are|was|were)": "use a noun",
    r"(?:comes?|came) to be": "write 'become'",
    r"nobody": "write 'no one', or name the subject",
    r"folders?": "write 'directory'",
    r"licences?|centres?|(?:behavi|col|fav|hon|neighb)ours?": "use American spelling",
    r"(?:initial|normal|organ|recogn|serial)is(?:e[ds]?|ing|ation)": "use American spelling",
}
"""Regular expressions of words to avoid, and the advice for each."""

ALLOWED = (
    r"there(?: \w+)? (?:is|are|was|were|be|been) no",
    r"(?:is|are|was|were) there no",
    r"(?:is|are|was|were|be|been) no (?:longer|more)",
    r"What (?:is|are) [^.?!]+\?",
)
"""Forms that a rule would find, and that are plain English."""

TO_AVOID = (
    "x is no file",
    "There are files that were no links.",
    "It must be no link.",
    "Tell whether x is a file",
    "pip tells why",
    "the user is told",
    "Write it anew.",
    "mend that",
    "it was mended",
    "Put it right.",
    "as it stands",
    "one stood there",
    "downloaded in vain",
    "the index vouches for it",
    "make room",
    "what is compressed",
    "it came to be",
    "nobody reads it",
    "an empty folder",
    "a license, or licence",
    "a colour",
    "names are normalised",
)

_RULES = [(re.compile(rf"(?<![\w-])(?:{p})\b", re.IGNORECASE), rule) for p, rule in RULES.items()]
_ALLOWED = re.compile(rf"\b(?:{'|'.join(ALLOWED)})", re.IGNORECASE)
_QUOTES = re.compile(r"^[bfru]*(?:\"{3}|'{3}|\"|')|(?:\"{3}|'{3}|\"|')$", re.IGNORECASE)
_F_STRING_START = getattr(tokenize, "FSTRING_START", None)  # since Python 3.12
_F_STRING_END = getattr(tokenize, "FSTRING_END", None)


def read_python(source):
    """Yield the strings and comments of a module, each as a list of (line, text).

    Adjacent strings are joined, and so are comments on adjacent lines. A string of one word is
    data, and is skipped.
    """
    strings, comments, depth = [], [], 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        depth += (token.type == _F_STRING_START) - (token.type == _F_STRING_END)
        lines = enumerate(token.string.splitlines(), token.start[0])
        if depth or token.type in (tokenize.STRING, _F_STRING_END):
            strings += [(n, re.sub(r"\\[nrt]", " ", _QUOTES.sub("", line))) for n, line in lines]
        elif token.type == tokenize.COMMENT:
            if comments and comments[-1][0] < token.start[0] - 1:
                yield comments
                comments = []
            comments += [(n, line.lstrip("#")) for n, line in lines]
        elif token.type != tokenize.NL:
            if any(" " in text for _, text in strings):
                yield strings
            strings = []
    yield comments


def read_markdown(text):
    """Yield the paragraphs of a page without its code, each as a list of (line, text)."""
    text = re.sub(r"^( *)```.*?^\1```$", _blank, text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", _blank, text, flags=re.DOTALL)
    paragraph = []
    for line in enumerate(text.splitlines(), 1):
        if not line[1].strip():
            yield paragraph
            paragraph = []
        paragraph.append(line)
    yield paragraph


def _blank(code):
    return re.sub(r"[^`\n]+", "…", code[0])


def find_problems(passage):
    """Yield the line, the words and the advice for each place in a passage that breaks a rule."""
    lines = [(line, " ".join(text.split())) for line, text in passage if text.strip()]
    starts = [0, *accumulate(len(text) + 1 for _, text in lines)]
    joined = " ".join(text for _, text in lines)
    joined = _ALLOWED.sub(lambda match: "…" * len(match[0]), joined)
    for pattern, rule in _RULES:
        for match in pattern.finditer(joined):
            yield lines[bisect_right(starts, match.start()) - 1][0], match[0], rule


def check(name, text):
    """Return a message for each place in a file that breaks a rule."""
    read = read_python if name.endswith(".py") else read_markdown
    problems = sorted(problem for passage in read(text) for problem in find_problems(passage))
    return [f"{name}:{line}: {words!r}: {rule}" for line, words, rule in problems]


@pytest.mark.parametrize("name", FILES)
def test_the_language_is_plain(name):
    problems = check(name, (ROOT / name).read_text(encoding="utf-8"))
    assert not problems, "\n".join(["docs/development/contributing.md, language:", *problems])


@pytest.mark.parametrize("text", TO_AVOID)
def test_words_to_avoid_are_found(text):
    first, _, rest = text.partition(" ")
    for name, content in (
        ("a.md", text),
        ("a.md", text.replace(" ", "\n")),
        ("a.py", f"# {text}\n"),
        ("a.py", f"x = 1  # {first}\n# {rest}\n"),
        ("a.py", f'"""{text}"""\n'),
        ("a.py", f"f('{first} '\n  f'{rest}')\n"),
    ):
        assert len(check(name, content)) == 1, content


@pytest.mark.parametrize("pattern", RULES)
def test_every_rule_has_an_example(pattern):
    assert any(re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE) for text in TO_AVOID)


@pytest.mark.parametrize(
    "text",
    [
        "x is not a file",
        "there is no file",
        "There would be no files, and is there no index?",
        "it is no longer there, and there are no more than two",
        "no file is there; the answer is no",
        "we recommend to amend it, in a standard stand-alone program",
        "What is upip? What is in an archive?",
        "the code tar-folder",
    ],
)
def test_other_words_are_allowed(text):
    assert check("a.md", text) == []
    assert check("a.py", f"# {text}\nf({text!r})\n") == []


def test_a_string_of_one_word_is_not_checked():
    assert check("a.py", "x = {'folder': f'{folder}'}\n") == []


def test_code_in_documents_is_not_checked():
    page = "`is no file`, ``a ` folder``\n\n```text\nis no file\n```\n\n- x\n  ```\n  told\n  ```\n"
    assert check("a.md", page) == []


def test_the_message_names_file_line_and_rule():
    module = (
        '"""A module.\n\nIt is\nno tool."""\n\nf("a", f"{x} is "\n  f"no {kind}")  # a\n# folder\n'
    )
    assert check("a.py", module) == [
        "a.py:3: 'is no': write 'is not a', or 'has no'",
        "a.py:6: 'is no': write 'is not a', or 'has no'",
        "a.py:8: 'folder': write 'directory'",
    ]
    assert check("a.md", "# Page\n\nThis is `x`, and\nthat is\nno `x`.\n") == [
        "a.md:4: 'is no': write 'is not a', or 'has no'"
    ]
