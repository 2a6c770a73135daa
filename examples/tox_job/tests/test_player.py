import unittest

from signals import player


class Player(unittest.TestCase):
    def test_a_pattern_is_played(self):
        calls = []
        player.play([50, 950], lambda value: calls.append(value), calls.append)
        self.assertEqual(calls, [1, 50, 0, 950, 0])


if __name__ == "__main__":
    unittest.main()
