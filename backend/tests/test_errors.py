import inspect
import re
from pathlib import Path

from brainai import errors
from brainai.errors import BrainAIError, InputError, ModelError, NotReady, SettingsError


def _classes() -> list[type[BrainAIError]]:
    found = [value for _, value in inspect.getmembers(errors, inspect.isclass)]
    return [value for value in found if issubclass(value, BrainAIError)]


def test_the_docstring_draws_every_class_of_the_tree() -> None:
    drawn = errors.__doc__ or ""
    assert [kind.__name__ for kind in _classes() if kind.__name__ not in drawn] == []


def test_the_docstring_names_every_code_that_an_input_may_be_refused_by() -> None:
    kinds = "|".join(kind.__name__ for kind in _classes() if issubclass(kind, InputError))
    raised = re.compile(rf'\b(?:{kinds})\(\s*"([a-z_]+)"')
    sources = Path(errors.__file__).parent.rglob("*.py")
    codes = {code for path in sources for code in raised.findall(path.read_text())}
    assert len(codes) > 20
    assert sorted(code for code in codes if code not in (errors.__doc__ or "")) == []


def test_an_error_carries_its_code_and_its_message() -> None:
    error = InputError("some_code", "What to do.")
    assert (error.code, error.message, str(error)) == ("some_code", "What to do.", "What to do.")


def test_errors_of_one_kind_have_one_code() -> None:
    assert NotReady().code == "not_ready"
    assert ModelError("x").code == "model_error"
    assert SettingsError("x").code == "settings_error"


def test_not_being_ready_says_to_try_again() -> None:
    assert "Try again" in NotReady().message
