import pytest
import torch
from segmentation_models_pytorch import Unet

from brainai_training.decoder import ServedDecoder, strided_head


@pytest.mark.parametrize("size_px", [64, 96])
def test_the_served_decoder_says_what_the_trained_one_says_up_to_the_borders(size_px: int) -> None:
    torch.manual_seed(0)
    network = Unet(
        "resnet18", encoder_weights=None, in_channels=1, decoder_channels=(12, 8, 8, 6, 4)
    )
    for module in network.modules():  # batch norm that has seen something
        if isinstance(module, torch.nn.BatchNorm2d):
            for seen, least, most in ((module.running_mean, -1, 1), (module.running_var, 0.5, 2)):
                assert seen is not None
                seen.uniform_(least, most)
            torch.nn.init.uniform_(module.weight, 0.5, 2)
            torch.nn.init.uniform_(module.bias, -1, 1)
    network.eval()
    served = ServedDecoder(network.decoder, network.encoder.out_channels[-1])
    with torch.inference_mode():
        features = network.encoder(torch.randn(2, 1, size_px, size_px))
        expected, said = network.decoder(features), served(features)
    highest = float(expected.max())
    assert highest > 0
    torch.testing.assert_close(said, expected, rtol=0, atol=1e-5 * highest)


def test_the_head_of_every_fourth_pixel_says_what_that_of_each_says_up_to_the_borders() -> None:
    torch.manual_seed(0)
    head = torch.nn.Conv2d(5, 1, 3, padding=1)
    maps = torch.randn(2, 5, 24, 32)
    with torch.inference_mode():
        torch.testing.assert_close(strided_head(head)(maps), head(maps), rtol=0, atol=1e-5)
