from pathlib import Path

from brainai_training.datasets.kaggle_3m import find_kaggle_3m
from brainai_training.phantoms import write_phantom_patients


def test_phantom_patients_are_read_by_the_adapter_of_kaggle_3m(tmp_path: Path) -> None:
    write_phantom_patients(tmp_path, patients=2, slices=4, size_px=48)
    found = list(find_kaggle_3m(tmp_path, "phantoms"))
    assert [c.patient for c in found] == ["phantom00", "phantom01"]
    made = found[0].load()
    assert made.has_tumor == (False, True, False, True)
    assert {image.pixels.shape for image in made.slices} == {(48, 48)}


def test_phantoms_are_the_same_each_time_and_differ_between_patients(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_phantom_patients(tmp_path / name, patients=2, slices=1, size_px=48)
    one = (tmp_path / "a/phantom00/phantom00_1.png").read_bytes()
    assert one == (tmp_path / "b/phantom00/phantom00_1.png").read_bytes()
    assert one != (tmp_path / "a/phantom01/phantom01_1.png").read_bytes()
