import numpy as np
import pytest
import torch
from fastai.basics import TensorCategory
from fastai.data.core import Pipeline
from fastai.vision.core import TensorImage, TensorMask

from brainai_training.augment import Intensity, batch_transforms
from tests.making import SMOKE

CLIP = SMOKE.input.clip


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def _batch(count: int = 16) -> tuple[TensorImage, TensorMask, TensorCategory]:
    """A bright square off the centre, and a mask that is just that square."""
    image = torch.full((count, 1, 64, 64), -1.0)
    mask = torch.zeros(count, 64, 64, dtype=torch.long)
    image[:, :, 10:26, 20:36] = 3.0
    mask[:, 10:26, 20:36] = 1
    return TensorImage(image), TensorMask(mask), TensorCategory(torch.arange(count) % 2)


def _augment(transforms: list[object], count: int = 16) -> tuple[torch.Tensor, ...]:
    pipeline = Pipeline(transforms, split_idx=0)
    return tuple(part.as_subclass(torch.Tensor) for part in pipeline(_batch(count)))


def test_labels_are_kept_and_shapes_too() -> None:
    image, mask, label = _augment(batch_transforms(CLIP, 1.0))
    assert label.tolist() == [k % 2 for k in range(16)]
    assert image.shape == (16, 1, 64, 64)
    assert mask.shape == (16, 64, 64)


def test_tensors_stay_finite_and_within_the_clip() -> None:
    for _ in range(5):
        image, _, _ = _augment(batch_transforms(CLIP, 1.0))
        assert torch.isfinite(image).all()
        assert CLIP[0] <= image.min() <= image.max() <= CLIP[1]


def test_each_slice_of_a_batch_changes_in_its_own_way() -> None:
    image, _, _ = _augment(batch_transforms(CLIP, 1.0))
    assert len(np.unique(image.numpy().reshape(16, -1), axis=0)) == 16


def test_mask_and_slice_move_together() -> None:
    geometry = batch_transforms(CLIP, 1.0)[:-1]
    moved = False
    for _ in range(5):
        image, mask, _ = _augment(geometry)
        assert set(mask.unique().tolist()) <= {0, 1}
        bright = image[:, 0] > 1
        overlap = (bright & (mask == 1)).sum() / (bright | (mask == 1)).sum()
        assert overlap > 0.85
        moved |= not torch.equal(mask, _batch()[1].as_subclass(torch.Tensor))
    assert moved


def test_intensities_move_no_pixel() -> None:
    image = Intensity(CLIP, p=1.0)(_batch()[0], split_idx=0).as_subclass(torch.Tensor)
    inside, outside = image[:, :, 12:24, 22:34], image[:, :, 34:, :]
    assert (inside.mean(dim=(1, 2, 3)) > outside.mean(dim=(1, 2, 3)) + 1).all()


def test_intensities_leave_masks_alone() -> None:
    _, mask, _ = _augment([Intensity(CLIP, p=1.0)])
    assert torch.equal(mask, _batch()[1].as_subclass(torch.Tensor))


@pytest.mark.parametrize("split_idx", [0, 1])
def test_slices_are_shrunk_with_their_masks(split_idx: int) -> None:
    for _ in range(3):
        made = Pipeline(batch_transforms(CLIP, 0.0, 48), split_idx=split_idx)(_batch())
        image, mask, label = (part.as_subclass(torch.Tensor) for part in made)
        assert image.shape == (16, 1, 48, 48)
        assert mask.shape == (16, 48, 48)
        assert len(label) == 16
        bright, true = image[:, 0] > 1, mask == 1
        assert (bright & true).sum() / (bright | true).sum() > 0.8


def test_shrinking_leaves_no_label_in_a_mask_that_was_not_there() -> None:
    image, mask, label = _batch()
    mask[:8] = 255
    made = Pipeline(batch_transforms(CLIP, 0.0, 48), split_idx=0)((image, mask, label))
    assert (made[1][:8] == 255).all()
    assert set(made[1][8:].unique().tolist()) <= {0, 1}


def test_validation_slices_are_not_augmented() -> None:
    before = _batch()
    after = Pipeline(batch_transforms(CLIP, 1.0), split_idx=1)(before)
    for one, other in zip(before, after, strict=True):
        # fastai samples validation slices, too, on a grid that moves nothing: to within rounding.
        assert torch.allclose(
            one.as_subclass(torch.Tensor), other.as_subclass(torch.Tensor), atol=1e-3
        )


def test_a_sequence_that_is_not_given_stays_0_and_the_others_change_apart() -> None:
    image = torch.full((8, 3, 32, 32), -1.0)
    image[:, :, 8:20, 8:20] = 2.0
    image[:4, 1] = 0.0
    image[4:, 2] = 0.0
    changed = Intensity(CLIP, 1.0).encodes(TensorImage(image)).as_subclass(torch.Tensor)
    assert torch.equal((changed != 0).flatten(2).any(dim=2), (image != 0).flatten(2).any(dim=2))
    assert not torch.allclose(changed[:4, 0], changed[:4, 2])
