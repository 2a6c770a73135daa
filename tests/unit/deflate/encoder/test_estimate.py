from sdist_upip.archive.tar import write_tar
from sdist_upip.deflate.encoder.estimate import estimate_bits
from support.archives import pairs
from support.samples import NOISE, TEXT


def test_the_estimate_is_near_and_keeps_the_window():
    tar = write_tar("x-1", pairs(4))
    alike = NOISE[:4000] * 2
    assert estimate_bits(tar, 4096) > 8 * 4 * 1900
    assert estimate_bits(alike, 4096) < 0.6 * estimate_bits(alike, 2048)
    assert estimate_bits(b"", 512) == 0
    assert 8 * len(TEXT) > estimate_bits(TEXT, 4096) > 0
