"""Reference values of augmentation layers.

A layer that draws from a range of one number does the same to every picture,
so that its output can be compared. Keras counts contrast downwards and upwards:
factor (-a, a) draws from 1 + a to 1 + a.
"""

from common import *
from keras import layers as L

SHAPE = (2, 5, 6, 2)


def case(name, make, shape=SHAPE, low=0.0, high=1.0):
    return layer_case(name, make, [uniform(rng_for(name), low, high, shape)], training=True)


MODES = ("reflect", "constant", "nearest", "wrap")


def translations():
    cases = []
    for mode, (h, w) in zip(MODES + MODES[:2], ((0.2, -0.5), (0.33, 0.27), (-0.71, 0.05), (-1.0, 0.93), (-1.0, 1.0), (0.9, -0.8))):
        cases.append(case(f"translation {h} {w} {mode}", lambda: L.RandomTranslation(
            (h, h), (w, w), fill_mode=mode, fill_value=0.25)))
    cases.append(case("translation nearest", lambda: L.RandomTranslation(
        (0.33, 0.33), (-0.29, -0.29), interpolation="nearest")))
    return cases


def rotations():
    cases = []
    for mode, f in zip(MODES + MODES, (0.03, -0.11, 0.25, 0.7, 0.4, 0.25, -0.04, 0.09)):
        cases.append(case(f"rotation {f} {mode}", lambda: L.RandomRotation((f, f), fill_mode=mode, fill_value=0.25)))
    cases.append(case("rotation nearest", lambda: L.RandomRotation(
        (0.08, 0.08), fill_mode="constant", fill_value=0.25, interpolation="nearest")))
    cases.append(case("rotation of a wide picture", lambda: L.RandomRotation((0.2, 0.2)), (1, 3, 11, 1)))
    cases.append(case("rotation of one row", lambda: L.RandomRotation((0.2, 0.2), fill_mode="nearest"), (1, 1, 7, 1)))
    return cases


def zooms():
    cases = []
    for mode, (h, w) in zip(MODES + MODES[:2], ((0.3, None), (-0.4, None), (0.9, -0.2), (-0.83, 1.0), (1.0, None), (0.9, 0.4))):
        cases.append(case(f"zoom {h} {w} {mode}", lambda: L.RandomZoom(
            (h, h), None if w is None else (w, w), fill_mode=mode, fill_value=0.25)))
    cases.append(case("zoom of a high picture", lambda: L.RandomZoom((0.9, 0.9), fill_mode="wrap"), (1, 9, 3, 1)))
    cases.append(case("zoom nearest", lambda: L.RandomZoom((0.37, 0.37), interpolation="nearest")))
    return cases


def colours():
    cases = []
    for a in (0.3, 0.6, 0.9):
        cases.append(case(f"contrast {a}", lambda: L.RandomContrast((-a, a), value_range=(0, 1))))
    cases.append(case("contrast of bytes", lambda: L.RandomContrast((-0.4, 0.4)), high=255.0))
    for a in (0.2, -0.35):
        cases.append(case(f"brightness {a}", lambda: L.RandomBrightness((a, a), value_range=(0, 1))))
    cases.append(case("brightness of bytes", lambda: L.RandomBrightness((0.4, 0.4)), high=255.0))
    cases.append(case("brightness around 0", lambda: L.RandomBrightness((-0.2, -0.2), value_range=(-1, 1)), low=-1.0))
    return cases


write("augmentation.json", translations() + rotations() + zooms() + colours())
