import unittest
from pathlib import Path

import signals


class InstalledPackage(unittest.TestCase):
    def test_it_is_not_the_source_tree(self):
        self.assertNotIn(Path(__file__).parent.parent / "src", Path(signals.__file__).parents)

    def test_data_was_installed(self):
        page = Path(signals.__file__).parent / "data/patterns.txt"
        self.assertEqual(page.read_text().splitlines()[0], "alive: 50 950")


if __name__ == "__main__":
    unittest.main()
