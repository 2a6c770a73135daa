"""The configuration, as pyproject.toml and as settings give it."""

from sdist_upip.config import KEYS, Config, read_config
from support.trees import write_tree


def test_every_key_is_a_field_and_every_field_a_key():
    assert [key.replace("-", "_") for key in KEYS] == list(Config._fields)


def test_no_file_and_no_table_mean_the_defaults(tmp_path):
    assert read_config(tmp_path) == Config()
    write_tree(tmp_path, {"pyproject.toml": '[project]\nname = "x"\n'})
    assert read_config(tmp_path) == Config()


def test_settings_win_over_the_table(tmp_path):
    write_tree(
        tmp_path,
        {
            "pyproject.toml": "[tool.sdist-upip]\nwindow = 512\ndescription = false\n"
            'exclude = ["a/**"]\nsteps = ["x"]\n[tool.sdist-upip.step.x]\ny = 1\n'
        },
    )
    config = read_config(
        tmp_path, {"window": "1024", "description": "yes", "exclude": ["b, c", "d"]}
    )
    assert (config.window, config.description, config.exclude) == (1024, True, ("b", "c", "d"))
    assert config.step["x"]["y"] == 1
