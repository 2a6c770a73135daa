"""The text of `package.json`: made of a release, and compared with the file that is there."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..errors import ProjectError
from ..migrate.package_json import is_package_json, read_document

FILENAME = "package.json"

_BOM = "\ufeff"

Pairs = Sequence[tuple[str, str]]


def render_package_json(
    version: str, urls: Pairs, deps: Pairs, present: str | None = None, title: str = FILENAME
) -> str:
    """Return the text of package.json.

    `present` is the text of the file `title` that is there, None for no file. It is returned
    unchanged if it has the same content, in any order. Its keys that mip does not read stay. Raises
    ProjectError if the file is another one, which is not replaced.
    """
    own: dict[str, object] = {"urls": _lists(urls), "deps": _lists(deps), "version": version}
    if present is None or not present.strip():
        return _render(own)
    try:
        document = read_document(present)
    except ProjectError as error:
        reason = str(error).removeprefix(FILENAME).partition(". ")[0]
        raise ProjectError(f"{title}{reason}. Fix or remove the file.") from error
    if not is_package_json(present):
        raise ProjectError(
            f"{title} has no urls, so it belongs to another tool, such as npm. Pass another file "
            "with -o. mip reads any file with the suffix .json."
        )
    document.pop("hashes", None)
    whole = _render({**document, **own})
    same = _sort(read_document(present)) == _sort(json.loads(whole))
    return present if same and not present.startswith(_BOM) else whole


def _lists(pairs: Pairs) -> list[list[str]]:
    return [list(pair) for pair in pairs]


def _sort(document: dict[str, object]) -> dict[str, object]:
    """Return `document` with the pairs of `urls` and `deps` sorted, whatever they are."""
    pairs = {key: document.get(key) for key in ("urls", "deps")}
    ordered = {
        key: sorted(value, key=json.dumps) if isinstance(value, list) else value
        for key, value in pairs.items()
    }
    return {**document, **ordered}


def _render(document: dict[str, object]) -> str:
    """Return a document as JSON, with a line for each pair.

    All is ASCII, since mpremote reads a file on the computer in the encoding of its system. But
    MicroPython does not decode surrogates, so those characters are as they are.
    """
    text = json.dumps(document, ensure_ascii=False)
    ascii_only = all(ord(one) < 0x10000 for one in text)

    def dump(value: object) -> str:
        return json.dumps(value, ensure_ascii=ascii_only)

    lines = []
    for key, value in document.items():
        if key in {"urls", "deps"} and isinstance(value, list) and value:
            pairs = ",\n".join(f"    {dump(pair)}" for pair in value)
            lines.append(f"  {dump(key)}: [\n{pairs}\n  ]")
        else:
            shown = json.dumps(value, ensure_ascii=ascii_only, indent=2).replace("\n", "\n  ")
            lines.append(f"  {dump(key)}: {shown}")
    return "{\n" + ",\n".join(lines) + "\n}\n"
