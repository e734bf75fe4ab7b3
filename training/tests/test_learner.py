from copy import deepcopy
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
from brainai_training.learner import (
    NO_MASK,
    TwoHeadLoss,
    has_bfloat16,
    load_body,
    make_learner,
    make_network,
    settle,
)
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
    loaders = make_dataloaders(store, SMOKE, 0)
    return make_learner(loaders, PRETRAINED, folder / "start.safetensors", folder)


def test_the_first_convolution_takes_one_channel_with_the_sum_of_the_rgb_weights(
    learner: Learner, start: nn.Module
) -> None:
    weight = learner.model.encoder.conv1.weight
    assert weight.shape == (64, 1, 7, 7)
    expected = start.state_dict()["conv1.weight"].sum(dim=1, keepdim=True)
    assert torch.allclose(weight, expected, atol=1e-6)


def test_a_sequence_that_is_not_given_leaves_the_first_convolution_to_flair(
    start: nn.Module, tmp_path: Path
) -> None:
    save_file(start.state_dict(), tmp_path / "start.safetensors")
    one, three = make_network(PRETRAINED), make_network(PRETRAINED, channels=3)
    for network in (one, three):
        load_body(network, tmp_path / "start.safetensors")
    flair, other = torch.randn(2, 1, 64, 64), torch.randn(2, 1, 64, 64)
    nothing = torch.zeros_like(flair)
    alone = one.encoder.conv1(flair)
    conv = three.encoder.conv1
    assert torch.allclose(conv(torch.cat([flair, nothing, nothing], 1)), alone, atol=1e-5)
    beside = conv(torch.cat([flair, nothing, other], 1)) - alone
    assert torch.allclose(beside, one.encoder.conv1(other) / 4, atol=1e-4)


def test_the_rest_of_the_body_starts_as_it_was_given(learner: Learner, start: nn.Module) -> None:
    given = start.state_dict()["layer4.2.conv3.weight"]
    assert torch.equal(learner.model.encoder.layer4[2].conv3.weight, given)


def test_the_body_is_frozen_first_but_for_batch_norm_and_then_all_of_it_learns(
    learner: Learner,
) -> None:
    learner.freeze()
    body = [m for m in learner.model.encoder.modules() if isinstance(m, nn.Conv2d)]
    norms = [m for m in learner.model.encoder.modules() if isinstance(m, nn.BatchNorm2d)]
    assert not any(conv.weight.requires_grad for conv in body)
    assert all(norm.weight.requires_grad for norm in norms)
    for part in ("decoder", "segmentation_head", "classification_head"):
        assert all(p.requires_grad for p in getattr(learner.model, part).parameters())
    learner.unfreeze()
    assert all(p.requires_grad for p in learner.model.parameters())


def test_early_layers_late_layers_and_heads_have_rates_of_their_own(learner: Learner) -> None:
    groups = learner.splitter(learner.model)
    assert len(groups) == 3
    counted = sum(p.numel() for group in groups for p in group)
    assert counted == sum(p.numel() for p in learner.model.parameters())


def test_fastai_adds_no_normalisation_that_serving_would_not_know(learner: Learner) -> None:
    names = [type(t).__name__ for loader in learner.dls.loaders for t in loader.after_batch.fs]
    assert "Normalize" not in names
    assert learner.dls.after_item.fs == [] or "Resize" not in str(learner.dls.after_item)


def test_the_network_answers_with_a_lesion_map_and_two_logits(learner: Learner) -> None:
    learner.model.eval()
    with torch.inference_mode():
        lesion, logits = learner.model(torch.zeros(2, 1, 64, 64))
    assert (lesion.shape, logits.shape) == ((2, 1, 64, 64), (2, 2))


def test_only_one_linear_layer_follows_the_pooling_so_that_class_activation_is_exact(
    learner: Learner,
) -> None:
    model = learner.model.eval()
    with torch.inference_mode():
        x = torch.randn(2, 1, 64, 64)
        deepest = model.encoder(x)[-1]
        (linear,) = [m for m in model.classification_head if isinstance(m, nn.Linear)]
        assert torch.allclose(linear(deepest.mean(dim=(2, 3))), model(x)[1], atol=1e-5)


def test_the_decoder_is_as_wide_as_configured() -> None:
    network = make_network(replace(SMOKE.train, decoder=(12, 8, 8, 8, 4)))
    assert [block.conv2[0].out_channels for block in network.decoder.blocks] == [12, 8, 8, 8, 4]


@pytest.fixture(scope="module")
def network() -> nn.Module:
    return make_network(SMOKE.train)


def test_settling_takes_statistics_of_the_slices_alone_and_moves_no_weight() -> None:
    network = make_network(SMOKE.train).train()
    network(3 + torch.randn(4, 1, 64, 64))  # what it saw while it learned
    before = deepcopy(dict(network.named_parameters()))
    batches = [(torch.randn(4, 1, 64, 64), torch.zeros(4)) for _ in range(3)]
    settle(network, batches, bfloat16=False)
    for name, weight in network.named_parameters():
        assert torch.equal(weight, before[name])
    first = network.encoder.bn1
    with torch.inference_mode():
        seen = torch.stack([network.encoder.conv1(images) for images, _ in batches])
    assert first.running_mean is not None
    assert first.running_var is not None
    torch.testing.assert_close(first.running_mean, seen.mean(dim=(0, 1, 3, 4)))
    spread = torch.stack([each.var(dim=(0, 2, 3)) for each in seen]).mean(dim=0)
    torch.testing.assert_close(first.running_var, spread)


def test_weights_that_are_no_weights_are_refused(network: nn.Module, tmp_path: Path) -> None:
    path = tmp_path / "picture.safetensors"
    path.write_bytes(b"no weights at all")
    with pytest.raises(DataError, match=r"picture\.safetensors is not a safetensors file"):
        load_body(network, path)


def test_weights_that_are_not_there_are_refused(network: nn.Module, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"absent\.safetensors"):
        load_body(network, tmp_path / "absent.safetensors")


def test_weights_of_another_network_are_refused(network: nn.Module, tmp_path: Path) -> None:
    save_file({"conv1.weight": torch.zeros(64, 3, 7, 7)}, tmp_path / "part.safetensors")
    with pytest.raises(DataError, match="not a whole ResNet-50"):
        load_body(network, tmp_path / "part.safetensors")
    save_file({"conv1.weight": torch.zeros(8, 3, 7, 7)}, tmp_path / "other.safetensors")
    with pytest.raises(DataError, match="not a torchvision ResNet-50 state dict"):
        load_body(network, tmp_path / "other.safetensors")


def _output(lesion: torch.Tensor | float, logits: list[list[float]]) -> tuple[torch.Tensor, ...]:
    if isinstance(lesion, float):
        lesion = torch.full((len(logits), 8, 8), lesion)
    return lesion[:, None], torch.tensor(logits)


def _loss(smoothing: float, pixel: float, dice: float, *given: object) -> torch.Tensor:
    output, mask, label = given
    return TwoHeadLoss(smoothing, pixel, dice)(
        output, TensorMask(mask), TensorCategory(torch.tensor(label))
    )


def _mask(value: int, count: int = 1) -> torch.Tensor:
    return torch.full((count, 8, 8), value)


def test_without_masks_the_loss_is_smoothed_cross_entropy() -> None:
    output = _output(5.0, [[0.2, 1.0]])
    loss = _loss(0.1, 2.0, 1.0, output, _mask(NO_MASK), [1])
    expected = functional.cross_entropy(output[1], torch.tensor([1]), label_smoothing=0.1)
    assert torch.equal(loss, expected)


def test_masks_add_the_cross_entropy_of_their_pixels() -> None:
    output, mask = _output(0.3, [[0.0, 0.0]]), _mask(0)
    mask[:, :4, :2] = 1
    plain = _loss(0.0, 0.0, 0.0, output, mask, [1])
    both = _loss(0.0, 2.0, 0.0, output, mask, [1])
    pixels = functional.binary_cross_entropy_with_logits(output[0][:, 0], mask.float())
    assert torch.allclose(both, plain + 2.0 * pixels)


def test_dice_counts_each_slice_with_tumor_once_however_small_its_lesion() -> None:
    masks = _mask(0, 2)
    masks[0, 0, 0], masks[1, :6] = 1, 1
    said = torch.full((2, 8, 8), -20.0)
    zeros = [[0.0, 0.0], [0.0, 0.0]]
    none = _loss(0.0, 0.0, 1.0, _output(said, zeros), masks, [1, 1])
    said[0, 0, 0] = 20.0
    small = _loss(0.0, 0.0, 1.0, _output(said, zeros), masks, [1, 1])
    said[1, :6] = 20.0
    large = _loss(0.0, 0.0, 1.0, _output(said, zeros), masks, [1, 1])
    # The one added to both counts softens it where the lesion is a single pixel.
    assert (none - small).item() == pytest.approx(0.25, abs=0.01)
    assert (small - large).item() == pytest.approx(0.49, abs=0.01)
    assert large.item() == pytest.approx(0.6931, abs=1e-3)


def test_slices_without_tumor_have_no_dice() -> None:
    output = _output(3.0, [[0.0, 0.0]])
    assert _loss(0.0, 0.0, 1.0, output, _mask(0), [0]).item() == pytest.approx(0.6931, abs=1e-3)


def test_slices_without_mask_teach_no_pixel_in_a_batch_with_others() -> None:
    mask = torch.cat([_mask(1), _mask(NO_MASK)])
    said = torch.stack([torch.full((8, 8), 20.0), torch.full((8, 8), -20.0)])
    loss = _loss(0.0, 1.0, 1.0, _output(said, [[0.0, 0.0]] * 2), mask, [1, 0])
    assert loss.item() == pytest.approx(0.6931, abs=1e-3)


@pytest.mark.parametrize("able", [True, False])
def test_bfloat16_is_left_where_the_processor_has_none(
    able: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    told = {"avx2": True, "avx512_bf16": able, "amx_bf16": False, "cpu_name": "some"}
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: told)
    assert has_bfloat16() is able
