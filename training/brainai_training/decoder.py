"""The decoder as it is served: the numbers of the one that is trained, with less work."""

from collections.abc import Sequence
from copy import deepcopy

import torch
from segmentation_models_pytorch.decoders.unet.decoder import UnetDecoder, UnetDecoderBlock
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

_STRIDE = 4


class ServedDecoder(nn.Module):
    """forward: features of the body, [N, C, S, S] first, each half as wide -> [N, E, S, S].

    Every side must be twice that of the next, as it is where S is a multiple of 32.
    """

    def __init__(self, decoder: UnetDecoder, deepest: int) -> None:
        """Take the weights of a trained decoder; deepest: channels of the last map of the body."""
        super().__init__()
        self.blocks = nn.ModuleList()
        width = deepest
        for block in deepcopy(decoder).eval().blocks:
            self.blocks.append(_ServedBlock(block, width, of_body=not self.blocks))
            width = block.conv2[0].out_channels

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        """See the class."""
        *skips, x = features[1:]
        for block, skip in zip(self.blocks, [*skips[::-1], None], strict=True):
            x = block(x, skip)
        return x


class _ServedBlock(nn.Module):
    """forward: coarse [N, C, h, w], skip [N, D, 2h, 2w] or None -> [N, E, 2h, 2w].

    A convolution over two maps laid together is the sum of one over each: so each map of the body
    has a convolution of its own, which int8 can scale by itself. That over a map whose every pixel
    was doubled, 3 x 3, is a transposed one of the coarse map, 4 x 4: 4 products a pixel, not 9. The
    engine has no int8 form of that, so the body's last map (``of_body``) is doubled all the same.
    """

    def __init__(self, block: UnetDecoderBlock, width: int, *, of_body: bool) -> None:
        super().__init__()
        both = fuse_conv_bn_eval(block.conv1[0], block.conv1[1])
        coarse, skip = both.weight.detach().split([width, both.in_channels - width], dim=1)
        made = both.out_channels
        doubling: nn.Conv2d | nn.ConvTranspose2d
        if of_body:
            doubling = nn.Conv2d(width, made, 3, padding=1)
            self.coarse = nn.Sequential(nn.Upsample(scale_factor=2), doubling)
        else:
            doubling = nn.ConvTranspose2d(width, made, 4, stride=2, padding=1)
            self.coarse = nn.Sequential(doubling)
            coarse = _transposed(coarse)
        doubling.load_state_dict({"weight": coarse, "bias": both.bias.detach()})
        self.skip = None
        if skip.shape[1]:
            self.skip = nn.Conv2d(skip.shape[1], made, 3, padding=1, bias=False)
            self.skip.load_state_dict({"weight": skip})
        self.after = fuse_conv_bn_eval(block.conv2[0], block.conv2[1])

    def forward(self, coarse: Tensor, skip: Tensor | None) -> Tensor:
        """See the class."""
        x = self.coarse(coarse)
        if self.skip is not None:
            x = x + self.skip(skip)
        return torch.relu(self.after(torch.relu(x)))


def strided_head(head: nn.Conv2d) -> nn.Sequential:
    """Write a convolution with one output, 3 x 3, as one of every fourth pixel with 16 of them.

    forward: [N, C, S, S] -> [N, 1, S, S], the same numbers. Engines compute outputs by the sixteen,
    so a lone one takes as long as 16; here each is one of the pixels of a square of 4 x 4.
    """
    weight, bias = head.state_dict()["weight"], head.state_dict()["bias"]
    kernel = torch.zeros(_STRIDE**2, weight.shape[1], _STRIDE + 2, _STRIDE + 2)
    for row in range(_STRIDE):
        for column in range(_STRIDE):
            kernel[row * _STRIDE + column, :, row : row + 3, column : column + 3] = weight[0]
    wide = nn.Conv2d(weight.shape[1], _STRIDE**2, _STRIDE + 2, stride=_STRIDE, padding=1)
    wide.load_state_dict({"weight": kernel, "bias": bias.expand(_STRIDE**2)})
    return nn.Sequential(wide, nn.PixelShuffle(_STRIDE))


def _transposed(weight: Tensor) -> Tensor:
    """Turn a kernel over doubled pixels, [E, C, 3, 3], into that of the coarse, [C, E, 4, 4]."""
    for dim in (2, 3):
        first, middle, last = weight.unbind(dim)
        weight = torch.stack([last, middle + last, first + middle, first], dim=dim)
    return weight.transpose(0, 1)
