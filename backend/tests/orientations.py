"""The 48 ways in which three axes may be stored."""

import itertools

ALL_ORIENTATIONS = [
    "".join(codes)
    for order in itertools.permutations(("RL", "AP", "SI"))
    for codes in itertools.product(*order)
]
