import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from fastai.data.transforms import Normalize
from fastai.learner import Learner
from fastai.losses import BCEWithLogitsLossFlat
from fastai.torch_core import trainable_params
from fastai.vision.augment import Resize, ResizeMethod, aug_transforms
from fastai.vision.core import imagenet_stats
from fastai.vision.data import ImageDataLoaders
from fastai.vision.learner import vision_learner
from numpy.typing import NDArray
from PIL import Image
from torch import nn
from torchvision.models import resnet18

from brainai.inference.predict import Predictor
from brainai.inference.preprocess import to_tensor
from brainai.inference.spec import InputSpec, ModelSpec
from brainai.labels import Label
from brainai_training.convert import convert
from brainai_training.errors import DataError
from tests.making import phantom, slice_of

SIZE_PX = 64


def _full_range(seed: int, tumor: bool, size_px: int = 96) -> NDArray[np.uint8]:
    """Draw a phantom that uses all of 0 to 255, as windowed pictures do."""
    pixels = phantom(seed, tumor, size_px).pixels.astype(np.float32)
    low, high = pixels.min(), pixels.max()
    return ((pixels - low) / (high - low) * 255).round().astype(np.uint8)


def _pictures(root: Path, names: tuple[str, ...] = ("no", "yes")) -> Path:
    for label, name in enumerate(names):
        (root / name).mkdir(parents=True)
        for seed in range(6):
            picture = Image.fromarray(_full_range(10 * label + seed, label == 1))
            picture.convert("RGB").save(root / name / f"{seed}.png")
    return root


def _learner(root: Path, resize: object = None, batch: list[object] | None = None) -> Learner:
    loaders = ImageDataLoaders.from_folder(
        root,
        valid_pct=0.3,
        seed=1,
        bs=4,
        num_workers=0,
        item_tfms=resize or Resize(SIZE_PX),
        batch_tfms=batch or [*aug_transforms(), Normalize.from_stats(*imagenet_stats)],
    )
    return vision_learner(loaders, resnet18, pretrained=False, normalize=False, path=root)


def _export(learner: Learner) -> Path:
    learner.export("export.pkl")
    return Path(learner.path) / "export.pkl"


@pytest.fixture(scope="module")
def learner(tmp_path_factory: pytest.TempPathFactory) -> Learner:
    """Somebody's classifier: fastai's defaults throughout, trained for two epochs."""
    made = _learner(_pictures(tmp_path_factory.mktemp("pictures")))
    with made.no_bar(), made.no_logging():
        made.fit(2, 1e-2)
    return made


@pytest.fixture(scope="module")
def pickled(learner: Learner) -> Path:
    return _export(learner)


@pytest.fixture(scope="module")
def converted(pickled: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[ModelSpec, Path]:
    out = tmp_path_factory.mktemp("models") / "theirs"
    return convert(pickled, out, "theirs", trust_pickle=True), out


@pytest.mark.parametrize("seed", [31, 32, 33, 34])
def test_serving_gives_the_probability_that_the_learner_gave(
    learner: Learner, converted: tuple[ModelSpec, Path], tmp_path: Path, seed: int
) -> None:
    path = tmp_path / "new.png"
    Image.fromarray(_full_range(seed, seed % 2 == 0, 128)).save(path)
    with learner.no_bar():
        expected = float(learner.predict(path)[2][list(learner.dls.vocab).index("yes")])
    predictor = Predictor(converted[1], 1 << 20, threads=1)
    assert predictor.predict(path.read_bytes()).probability == pytest.approx(expected, abs=1e-3)


def test_the_folder_is_one_that_serving_starts_with(converted: tuple[ModelSpec, Path]) -> None:
    predictor = Predictor(converted[1], 1 << 20, threads=1)
    predictor.check_golden()
    assert predictor.ready


def test_size_labels_and_normalisation_are_read_off_the_learner(
    converted: tuple[ModelSpec, Path],
) -> None:
    spec = converted[0]
    assert (spec.name, spec.input.size_px, spec.input.channels) == ("theirs", SIZE_PX, 3)
    assert spec.labels == (Label.NO_TUMOR, Label.TUMOR)
    assert spec.input.mean == pytest.approx(imagenet_stats[0])
    assert spec.input.std == pytest.approx(imagenet_stats[1])
    assert (spec.input.intensity, spec.input.intensity_of) == ("unit_range", "slice")
    assert (spec.decision.temperature, spec.decision.threshold) == (1.0, 0.5)
    assert spec.file.evidence is None


def test_serving_pads_what_the_learner_would_crop(converted: tuple[ModelSpec, Path]) -> None:
    prepared = to_tensor(slice_of(1, False), converted[0].input)
    assert converted[0].input.crop == "pad"
    assert prepared.crop.width == prepared.crop.height == 96


def test_without_trust_the_pickle_is_not_even_opened(tmp_path: Path) -> None:
    trap = tmp_path / "trap.pkl"
    trap.write_bytes(pickle.dumps(_Trap(tmp_path / "sprung")))
    with pytest.raises(DataError, match="--trust-pickle"):
        convert(trap, tmp_path / "out", "x", trust_pickle=False)
    assert not (tmp_path / "sprung").exists()
    assert not (tmp_path / "out").exists()


class _Trap:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("names", [("cat", "dog"), ("no", "none"), ("yes", "no", "perhaps")])
def test_other_classes_are_refused_and_named(tmp_path: Path, names: tuple[str, ...]) -> None:
    path = _export(_learner(_pictures(tmp_path / "pictures", names)))
    with pytest.raises(DataError, match=min(names)):
        convert(path, tmp_path / "out", "x", trust_pickle=True)


def test_classes_in_the_other_order_keep_it(tmp_path: Path) -> None:
    path = _export(_learner(_pictures(tmp_path / "pictures", ("healthy", "Tumour"))))
    assert convert(path, tmp_path / "a", "a", trust_pickle=True).labels[0] == Label.TUMOR


def test_squish_stays_squish_and_the_last_size_counts(tmp_path: Path) -> None:
    resize = Resize(96, method=ResizeMethod.Squish)
    root = _pictures(tmp_path / "pictures")
    path = _export(_learner(root, resize, aug_transforms(size=SIZE_PX)))
    spec = convert(path, tmp_path / "out", "x", trust_pickle=True).input
    expected = InputSpec(
        size_px=SIZE_PX, channels=3, crop="squish", intensity="unit_range", intensity_of="slice",
        mean=(0.0,) * 3, std=(1.0,) * 3,
    )  # fmt: skip
    assert spec == expected


def test_an_oblong_input_is_refused(tmp_path: Path) -> None:
    path = _export(_learner(_pictures(tmp_path / "pictures"), Resize((64, 96))))
    with pytest.raises(DataError, match="no square Resize"):
        convert(path, tmp_path / "out", "x", trust_pickle=True)


def test_a_learner_of_several_labels_at_once_is_refused(tmp_path: Path) -> None:
    learner = _learner(_pictures(tmp_path / "pictures"))
    learner.loss_func = BCEWithLogitsLossFlat()
    with pytest.raises(DataError, match="several labels at once"):
        convert(_export(learner), tmp_path / "out", "x", trust_pickle=True)


class _OfOneSize(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.read, self.tell = nn.Conv2d(3, 2, 3), nn.Linear(2 * 10 * 10, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        answer: torch.Tensor = self.tell(self.read(x).flatten(1))
        return answer


class _Branching(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.read = nn.Conv2d(3, 2, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        answer: torch.Tensor = self.read(x).mean(dim=(2, 3))
        return answer if float(answer.sum()) < 9 else 2 * answer


@pytest.mark.parametrize(
    ("network", "said"),
    [
        (_OfOneSize(), "takes no picture of 64 x 64 px and 3 channels"),
        (nn.Conv2d(3, 2, 3).half(), "takes no picture of 64 x 64 px"),
        (nn.Conv2d(1, 2, 3), "normalises 3 channels, and its network takes 1"),
        (nn.Conv2d(3, 2, 3), "does not answer with two logits a picture"),
        (_Branching(), "can't be written as ONNX"),
    ],
)
def test_a_network_that_can_not_be_served_is_refused_with_why(
    tmp_path: Path, network: nn.Module, said: str
) -> None:
    learner = _learner(_pictures(tmp_path / "pictures"))
    learner.model, learner.splitter = network, trainable_params
    with pytest.raises(DataError, match=said):
        convert(_export(learner), tmp_path / "out", "x", trust_pickle=True)


def test_what_is_no_learner_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.pkl"
    path.write_bytes(b"no pickle at all")
    with pytest.raises(DataError, match=r"list\.pkl is not a learner"):
        convert(path, tmp_path / "out", "x", trust_pickle=True)


def test_a_pickle_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"absent\.pkl can't be read: No such file"):
        convert(tmp_path / "absent.pkl", tmp_path / "out", "x", trust_pickle=True)


def test_a_learner_of_this_project_is_refused_since_its_folder_is_there(
    trained_run: Path, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="brainai's own"):
        convert(trained_run / "export.pkl", tmp_path / "out", "x", trust_pickle=True)
