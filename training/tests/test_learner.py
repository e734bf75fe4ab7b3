from pathlib import Path

import pytest
import torch
from fastai.basics import TensorCategory
from fastai.learner import Learner
from fastai.vision.core import TensorMask
from msgspec.structs import replace
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional
from torchvision.models import resnet50

from brainai_training.batches import make_dataloaders
from brainai_training.errors import DataError
from brainai_training.learner import FEATURES, TumorHead, TumorLoss, make_learner
from brainai_training.tensors import TensorStore
from tests.making import SMOKE

PRETRAINED = replace(SMOKE.train, pretrained=True)


@pytest.fixture(scope="module")
def start() -> nn.Module:
    """A ResNet-50 of random weights, as the ImageNet one that training starts from."""
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return resnet50()


@pytest.fixture(scope="module")
def learner(
    start: nn.Module, store: TensorStore, tmp_path_factory: pytest.TempPathFactory
) -> Learner:
    folder = tmp_path_factory.mktemp("learner")
    save_file(start.state_dict(), folder / "start.safetensors")
    loaders = make_dataloaders(store, SMOKE)
    return make_learner(loaders, PRETRAINED, folder / "start.safetensors", folder)


def _refused(store: TensorStore, weights: Path) -> None:
    make_learner(make_dataloaders(store, SMOKE), PRETRAINED, weights, weights.parent)


def test_the_first_convolution_takes_one_channel_with_the_sum_of_the_rgb_weights(
    learner: Learner, start: nn.Module
) -> None:
    weight = learner.model[0][0].weight
    assert weight.shape == (64, 1, 7, 7)
    expected = start.state_dict()["conv1.weight"].sum(dim=1, keepdim=True)
    assert torch.allclose(weight, expected, atol=1e-6)


def test_the_rest_of_the_body_starts_as_it_was_given(learner: Learner, start: nn.Module) -> None:
    given = start.state_dict()["layer4.2.conv3.weight"]
    assert torch.equal(learner.model[0][7][2].conv3.weight, given)


def test_the_body_is_frozen_first_but_for_batch_norm_and_then_all_of_it_learns(
    learner: Learner,
) -> None:
    learner.freeze()
    body = [m for m in learner.model[0].modules() if isinstance(m, nn.Conv2d)]
    norms = [m for m in learner.model[0].modules() if isinstance(m, nn.BatchNorm2d)]
    assert not any(conv.weight.requires_grad for conv in body)
    assert all(norm.weight.requires_grad for norm in norms)
    assert all(p.requires_grad for p in learner.model[1].parameters())
    learner.unfreeze()
    assert all(p.requires_grad for p in learner.model.parameters())


def test_early_layers_late_layers_and_head_have_rates_of_their_own(learner: Learner) -> None:
    groups = learner.splitter(learner.model)
    assert len(groups) == 3
    counted = sum(p.numel() for group in groups for p in group)
    assert counted == sum(p.numel() for p in learner.model.parameters())


def test_fastai_adds_no_normalisation_that_serving_would_not_know(learner: Learner) -> None:
    names = [type(t).__name__ for loader in learner.dls.loaders for t in loader.after_batch.fs]
    assert "Normalize" not in names
    assert learner.dls.after_item.fs == [] or "Resize" not in str(learner.dls.after_item)


def test_the_network_answers_with_logits_and_cells(learner: Learner) -> None:
    learner.model.eval()
    with torch.inference_mode():
        logits, cells = learner.model(torch.zeros(2, 1, 64, 64))
    assert (logits.shape, cells.shape) == ((2, 2), (2, 2, 2))


def test_weights_that_are_no_weights_are_refused(store: TensorStore, tmp_path: Path) -> None:
    path = tmp_path / "picture.safetensors"
    path.write_bytes(b"no weights at all")
    with pytest.raises(DataError, match="not a torchvision ResNet-50 state dict"):
        _refused(store, path)


def test_weights_that_are_not_there_are_refused(store: TensorStore, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"absent\.safetensors"):
        _refused(store, tmp_path / "absent.safetensors")


def test_weights_of_another_network_are_refused(store: TensorStore, tmp_path: Path) -> None:
    save_file({"conv1.weight": torch.zeros(64, 3, 7, 7)}, tmp_path / "part.safetensors")
    with pytest.raises(DataError, match="not a whole ResNet-50"):
        _refused(store, tmp_path / "part.safetensors")
    save_file({"conv1.weight": torch.zeros(8, 3, 7, 7)}, tmp_path / "other.safetensors")
    with pytest.raises(DataError, match="not a torchvision ResNet-50 state dict"):
        _refused(store, tmp_path / "other.safetensors")


def _output(logits: list[list[float]], cells: float) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.tensor(logits), torch.full((len(logits), 2, 2), cells)


def _mask(value: int, count: int = 1) -> TensorMask:
    return TensorMask(torch.full((count, 8, 8), value))


def test_without_masks_the_loss_is_smoothed_cross_entropy() -> None:
    output, label = _output([[0.2, 1.0]], 5.0), TensorCategory(torch.tensor([1]))
    loss = TumorLoss(0.1, 0.5)(output, _mask(255), label)
    expected = functional.cross_entropy(output[0], torch.tensor([1]), label_smoothing=0.1)
    assert torch.equal(loss, expected)


def test_masks_add_the_loss_of_each_cell_by_the_share_of_it_that_is_lesion() -> None:
    output, label = _output([[0.0, 0.0]], 0.3), TensorCategory(torch.tensor([1]))
    mask = _mask(0)
    mask[:, :4, :2] = 1  # half of one of the four cells
    plain = TumorLoss(0.0, 0.0)(output, mask, label)
    both = TumorLoss(0.0, 2.0)(output, mask, label)
    share = torch.tensor([[[0.5, 0.0], [0.0, 0.0]]])
    cells = functional.binary_cross_entropy_with_logits(output[1], share)
    assert torch.allclose(both, plain + 2.0 * cells)


def test_slices_without_mask_teach_no_cell_in_a_batch_with_others() -> None:
    label = TensorCategory(torch.tensor([1, 0]))
    mask = torch.cat([_mask(1), _mask(255)])
    cells = torch.stack([torch.full((2, 2), 9.0), torch.full((2, 2), 9.0)])
    right = TumorLoss(0.0, 1.0)((torch.zeros(2, 2), cells), TensorMask(mask), label)
    assert right.item() == pytest.approx(0.6931 + 0.0001, abs=1e-3)


def test_the_head_pools_before_its_one_linear_layer() -> None:
    head = TumorHead(dropout=0.5).eval()
    features = torch.randn(2, FEATURES, 3, 3)
    logits, cells = head(features)
    assert torch.allclose(logits, head.linear(features.mean(dim=(2, 3))))
    assert cells.shape == (2, 3, 3)
