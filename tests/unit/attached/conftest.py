"""The board of these tests is in this process."""

from support.fake_board import session

__all__ = ["session"]
