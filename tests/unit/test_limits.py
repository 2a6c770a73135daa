"""The limits in the documentation are those of the code."""

import re

from sdist_upip import limits
from support.paths import ROOT

ROW = re.compile(r"\| [^|]+ \| ([\d,]+) \| `(\w+)` \|")


def test_the_documentation_has_every_limit_with_its_value():
    text = (ROOT / "docs/reference/limits.md").read_text(encoding="utf-8")
    documented = {name: int(value.replace(",", "")) for value, name in ROW.findall(text)}
    own = {name: value for name, value in vars(limits).items() if name.isupper()}
    for name in ("WINDOWS", "WINDOW", "NAME_LIMIT"):  # of the format of archives
        del own[name]
    assert documented == own
