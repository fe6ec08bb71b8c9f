"""Settings: from the environment and a file, with helpful errors; secrets created once and kept private."""

from pathlib import Path

import pytest

from engine.core import settings
from engine.core.errors import WrongSettings
from engine.core.settings import Settings


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "bihuan.toml").write_text('port = 9000\ndemo = true\nsmtp_url = "smtp://localhost"\n')
    found = settings.load({"BIHUAN_HOME": str(tmp_path), "BIHUAN_PORT": "9001"})
    assert (found.port, found.demo, found.smtp_url) == (9001, True, "smtp://localhost")
    assert found.store_url == f"sqlite:///{tmp_path}/bihuan.db"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"BIHUAN_PROT": "1"}, "did you mean port"),
        ({"BIHUAN_PORT": "many"}, "whole number"),
        ({"BIHUAN_PORT": "0"}, "above 0"),
        ({"BIHUAN_PORT": "65536"}, "65535 at most"),
        ({"BIHUAN_DATABASE_URL": "oracle://host/x"}, "must be like"),
        ({"BIHUAN_DEMO": "perhaps"}, "true or false"),
        ({"BIHUAN_CONFIG": "/nowhere/bihuan.toml"}, "no settings file"),
        ({"BIHUAN_PUBLIC_URL": "https://example.cn/care"}, "cannot have a path"),
        ({"BIHUAN_PUBLIC_URL": "example.cn"}, "must be like https"),
        ({"BIHUAN_TIMEZONE": "Asia/Shanghia"}, "time zone"),
    ],
)
def test_what_cannot_be_used_is_said_at_boot(given: dict[str, str], said: str) -> None:
    with pytest.raises(WrongSettings, match=said) as refused:
        settings.load(given)
    assert refused.value.text("zh").startswith("设置有误")


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "bihuan.toml").write_text("port = = 1")
    with pytest.raises(WrongSettings, match=r"bihuan\.toml"):
        settings.load({"BIHUAN_HOME": str(tmp_path)})


def test_a_secret_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    found = Settings(home=tmp_path)
    first = settings.secret(found, "session")
    assert len(first) == 32
    assert settings.secret(found, "session") == first
    assert settings.secret(found, "links") != first
    assert (tmp_path / "secrets" / "session").stat().st_mode & 0o777 == 0o600


def test_the_address_of_postgresql_as_everybody_writes_it_is_understood() -> None:
    found = settings.load({"BIHUAN_DATABASE_URL": "postgresql://bihuan:postgresql://@host/x"})
    assert found.store_url == "postgresql+psycopg://bihuan:postgresql://@host/x"


def test_a_home_below_the_users_own_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    assert settings.load({"BIHUAN_HOME": "~/bihuan"}).home == Path("/somewhere/bihuan")
