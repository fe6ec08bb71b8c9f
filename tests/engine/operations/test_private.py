"""What a command makes is its owner's alone, whatever the account's umask; what was open before is mended."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.serving import BIHUAN, HERE, serving

pytestmark = [pytest.mark.long, pytest.mark.fault(7)]


def run(home: Path, *words: str, **settings: str) -> str:
    """What a command of the product says, run by an account whose files others may read."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BIHUAN_")}
    environment |= {"BIHUAN_HOME": str(home), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [*BIHUAN, *words], cwd=HERE, env={**environment, **settings}, umask=0o022, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def open_to_others(*folders: Path) -> list[str]:
    found = [each for folder in folders for each in (folder, *folder.rglob("*"))]
    return [str(each) for each in found if each.stat().st_mode & 0o077]


@pytest.mark.long
def test_everything_is_its_owners_from_the_first_file_on(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run(home, "demo", BIHUAN_DEMO="true")
    before = os.umask(0o022)
    try:
        with serving(home, "--processes", "1", demo="true") as served:
            assert served.get("/login")[0] == 200
            left = [each for each in open_to_others(home) if not each.endswith("serve.log")]  # that is the test's own
            assert left == []
            assert {"bihuan.db", "bihuan.db-wal", "bihuan.db-shm", "files", "secrets", "seals.log"} <= {
                each.name for each in home.iterdir()
            }
    finally:
        os.umask(before)
    run(home, "backup", str(home.parent / "b.tar.gz"))
    assert (home.parent / "b.tar.gz").stat().st_mode & 0o077 == 0
    restored = home.parent / "restored"
    run(restored, "restore", str(home.parent / "b.tar.gz"), "--yes")
    assert open_to_others(restored) == []
    assert list((restored / "files").glob("*/*"))


def test_what_was_open_is_mended_and_said_once(tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "others.txt"
    run(home, "migrate")
    config = home / "bihuan.toml"
    (home / "files" / "ab").mkdir(parents=True)
    (home / "files" / "ab" / "photo.jpg").write_text("")
    config.write_text("")
    elsewhere.write_text("not ours")
    (home / "jobs").mkdir()
    (home / "jobs" / "link").symlink_to(elsewhere)
    for each in (home, *home.rglob("*")):
        if not each.is_symlink():
            each.chmod(0o755 if each.is_dir() else 0o644)
    elsewhere.chmod(0o644)
    assert "could be read by other accounts" in run(home, "migrate")
    assert [each for each in open_to_others(home) if not each.endswith("jobs/link")] == []
    assert elsewhere.stat().st_mode & 0o777 == 0o644
    assert "other accounts" not in run(home, "migrate")
    config.chmod(0o644)
    with serving(home, "--processes", "1", demo="true") as served:
        assert "1 files and folders could be read by other accounts" in served.log.read_text()
    assert config.stat().st_mode & 0o077 == 0


def test_settings_elsewhere_are_mended_too(tmp_path: Path) -> None:
    config = tmp_path / "bihuan.toml"
    config.write_text('smtp_url = "smtp://user:password@mail.example.test:25"')
    config.chmod(0o644)
    run(tmp_path / "home", "migrate", BIHUAN_CONFIG=str(config))
    assert config.stat().st_mode & 0o777 == 0o600
