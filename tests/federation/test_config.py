"""Settings: what the environment and the flags decide, and what is refused in words."""

import json
import stat

import pytest

from federation.config import LOGIN_ROLES, load_settings, postgres_url, with_login
from tenants.errors import InvalidInput


def test_without_any_variable_the_embedded_servers_of_the_data_directory_are_meant(tmp_path):
    settings = load_settings({}, data=str(tmp_path / "data"))
    assert settings.embedded_database and settings.embedded_redis and settings.demo
    assert settings.database_url.startswith("postgresql://postgres@/federation?host=")
    assert settings.base_url == "http://127.0.0.1:8000"


def test_a_real_database_is_never_a_demo_unless_asked(tmp_path):
    variables = {"DATABASE_URL": "postgresql://boss:x@db/fed"}
    assert not load_settings(variables, data=str(tmp_path)).demo
    assert load_settings(variables, data=str(tmp_path), demo=True).demo


def test_secrets_are_made_once_and_readable_by_nobody_else(tmp_path):
    first, second = (load_settings({}, data=str(tmp_path)) for _ in range(2))
    assert first.secret_key == second.secret_key and len(first.secret_key) >= 48
    assert first.role_urls == second.role_urls
    for name in ("secret_key", "roles.json"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_each_role_has_its_own_login_and_password_on_the_same_database(tmp_path):
    settings = load_settings(
        {"DATABASE_URL": "postgres://boss:x@db:5433/fed", "ROLE_PREFIX": "north"}, data=str(tmp_path)
    )
    passwords = json.loads((tmp_path / "roles.json").read_text())
    assert len(set(passwords.values())) == len(LOGIN_ROLES)
    for role in LOGIN_ROLES:
        assert settings.role_urls[role] == f"postgresql://north_{role}:{passwords[role]}@db:5433/fed"


def test_a_role_url_of_ones_own_wins(tmp_path):
    settings = load_settings({"FED_DOOR_URL": "postgresql://porter:y@db/fed"}, data=str(tmp_path))
    assert settings.role_urls["door"] == "postgresql://porter:y@db/fed"
    assert "porter" not in settings.role_urls["member"]


def test_a_child_process_reads_the_same_settings(tmp_path):
    variables = {"DATABASE_URL": "postgresql://b:x@db/fed", "SECRET_KEY": "s" * 40, "TRUSTED_PROXIES": "1"}
    parent = load_settings(variables, data=str(tmp_path), port=8123)
    assert load_settings({**variables, **parent.environment()}) == parent


def test_secrets_do_not_show_when_settings_are_printed(tmp_path):
    settings = load_settings({"DATABASE_URL": "postgresql://b:hush@db/fed", "SECRET_KEY": "q" * 40}, data=str(tmp_path))
    assert "hush" not in repr(settings) and "qqq" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://b@db/fed"),
        ("DATABASE_URL", "postgresql://b@db"),
        ("FED_PORT", "eighty"),
        ("FED_PORT", "70000"),
        ("SECRET_KEY", "short"),
        ("ROLE_PREFIX", "Fed; DROP"),
        ("TRUSTED_PROXIES", "-1"),
        ("FED_DEMO", "perhaps"),
    ],
)
def test_a_variable_that_cannot_be_used_is_refused_by_name(tmp_path, name, value):
    with pytest.raises(InvalidInput) as refused:
        load_settings({name: value}, data=str(tmp_path))
    assert list(refused.value.errors) == [name]


def test_a_password_with_every_kind_of_sign_survives_in_a_url():
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(with_login(postgres_url("postgres://a:b@h/d"), "fed_door", "p@:/?#%& w"))
    assert (parts["user"], parts["password"], parts["host"]) == ("fed_door", "p@:/?#%& w", "h")
