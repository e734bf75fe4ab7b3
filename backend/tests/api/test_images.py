import base64
import io

import numpy as np
from PIL import Image

from brainai.api.images import to_data_url, to_grey, to_png
from tests.files import phantom


def test_a_png_gives_every_pixel_back() -> None:
    with Image.open(io.BytesIO(to_png(phantom()))) as image:
        assert (image.format, image.mode) == ("PNG", "L")
        np.testing.assert_array_equal(np.asarray(image), phantom())


def test_a_data_url_holds_that_png() -> None:
    head, _, body = to_data_url(phantom()).partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(body, validate=True) == to_png(phantom())


def test_zero_to_one_becomes_zero_to_255() -> None:
    grey = to_grey(np.array([[0.0, 0.5, 1.0]], np.float32))
    assert grey.dtype == np.uint8
    assert grey.tolist() == [[0, 128, 255]]
