"""The table of commands."""

import pytest

from federation.cli import COMMANDS, find_function


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_names_a_function_that_exists(name):
    assert callable(find_function(COMMANDS[name].target))
