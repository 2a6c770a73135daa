"""Tests of what only a board does, where pkg_resources reads the data of the package."""

import unittest

import signals


class Patterns(unittest.TestCase):
    def test_patterns_are_read(self):
        self.assertEqual(signals.read_patterns()["alive"], [50, 950])
