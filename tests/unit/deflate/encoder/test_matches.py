from hypothesis import given, settings
from hypothesis import strategies as st

from sdist_upip.deflate.encoder.matches import find_matches
from sdist_upip.deflate.format import DISTANCE_BASE, DISTANCE_EXTRA, MAX_MATCH
from sdist_upip.deflate.symbols import LENGTH_SYMBOL, MATCH
from support.samples import TEXT


@settings(max_examples=40, deadline=None)
@given(st.text("ab c", max_size=120).map(str.encode), st.sampled_from([8, 32, 512]))
def test_every_match_is_real_and_the_longest_is_found(text, window):
    for position, row in enumerate(find_matches(text, 0, window)):
        longest = 0
        for edges in row or ():
            for length, token in edges:
                symbol = token & 31
                assert LENGTH_SYMBOL[length] == (token - MATCH) >> 5
                least = DISTANCE_BASE[symbol]
                assert any(
                    text[position - distance :].startswith(text[position : position + length])
                    for distance in range(least, least + (1 << DISTANCE_EXTRA[symbol]))
                    if distance <= min(window, position)
                )
                longest = max(longest, length)
        three = text[position : position + 3]
        there = text.rfind(three, max(0, position - window), position + 2) >= 0
        assert (longest >= 3) == (len(three) == 3 and there)


def test_the_longest_match_of_program_text_is_found():
    rows = find_matches(TEXT, 0, 4096)
    for position in range(5, len(TEXT) - MAX_MATCH, 97):
        longest = rows[position][-1][-1][0] if rows[position] else 2
        beyond = TEXT[position : position + longest + 1]
        assert (
            longest == MAX_MATCH
            or TEXT.rfind(beyond, max(0, position - 4096), position + longest) < 0
        )
