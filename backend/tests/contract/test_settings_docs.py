import pytest

from brainai.api.settings import SETTINGS, Setting
from tests.conftest import REPOSITORY

TOLD = (REPOSITORY / "docs" / "deploy.md").read_text()


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_documented_with_its_default_unit_and_help(setting: Setting) -> None:
    row = next((line for line in TOLD.splitlines() if line.startswith(f"| `{setting.name}`")), "")
    assert (f"| `{setting.default}` |" if setting.default else "| empty |") in row
    assert setting.unit in row
    assert setting.help in row


def test_no_other_setting_is_documented() -> None:
    known = {setting.name for setting in SETTINGS}
    told = {word.strip("`|.,;:()") for word in TOLD.split() if word.startswith("`BRAINAI_")}
    assert told <= known
