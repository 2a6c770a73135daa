"""Coverage-guided fuzzing with atheris: `python fuzz.py trace|tar [libFuzzer options]`."""

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parent))

with atheris.instrument_imports(include=["sdist_upip"]):
    import targets

name, *options = sys.argv[1:]
if not any(option.startswith("-max_len") for option in options):
    options.append({"trace": "-max_len=300", "tar": "-max_len=6144"}[name])
atheris.Setup([sys.argv[0], *options], getattr(targets, f"fuzz_{name}"))
atheris.Fuzz()
