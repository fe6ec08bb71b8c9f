"""Settings: few, immutable, checked at start. From the environment, or from one TOML file; the environment wins."""

import difflib
import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from engine.core.errors import WrongSettings

PREFIX = "BIHUAN_"
MOST = {
    "port": 65535,
    "poll_seconds": 3600,
    "mail_seconds": 86400,
    "connect_seconds": 60,
    "statement_seconds": 3600,
    "lock_seconds": 300,
    "connections": 10_000,
    "session_hours": 8760,
    "disk_free_mb": 1_000_000_000,
}
LOG_FORMATS = ("text", "json")
STORES = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one installation; everything else is edited in the product. Documented in docs/settings.md."""

    home: Path = field(default=Path("var"), metadata={"says": "folder of the database, files and secrets"})
    database_url: str = field(
        default="", metadata={"says": "store to use instead of the SQLite file in the home folder"}
    )
    host: str = field(default="127.0.0.1", metadata={"says": "address that the server listens on"})
    port: int = field(default=8000, metadata={"says": "port that the server listens on"})
    public_url: str = field(default="", metadata={"says": "address under which residents and staff reach it"})
    demo: bool = field(default=False, metadata={"says": "demo mode: the company's clock can be turned from a page"})
    smtp_url: str = field(default="", metadata={"says": "smtps://user:password@host:port, or smtp:// with STARTTLS"})
    mail_from: str = field(default="", metadata={"says": "sender of outgoing mail"})
    imap_url: str = field(
        default="", metadata={"says": "imaps://user:password@host/folder: mailbox for residents' mail"}
    )
    mail_plain: bool = field(
        default=False, metadata={"says": "mail servers on this machine or network may be used without encryption"}
    )
    push_anywhere: bool = field(
        default=False, metadata={"says": "also push to browsers whose push service has no https or a private address"}
    )
    timezone: str = field(default="Asia/Shanghai", metadata={"says": "time zone of pages and calendars"})
    poll_seconds: int = field(default=5, metadata={"says": "how often to check for due timers, in seconds"})
    mail_seconds: int = field(default=60, metadata={"says": "how often the mailbox is read, in seconds"})
    connections: int = field(default=80, metadata={"says": "connections to PostgreSQL that one server has at most"})
    connect_seconds: int = field(default=5, metadata={"says": "how long to wait for PostgreSQL to answer, in seconds"})
    statement_seconds: int = field(
        default=60, metadata={"says": "how long a statement of a page may take in PostgreSQL, in seconds"}
    )
    lock_seconds: int = field(default=10, metadata={"says": "how long to wait for another writer, in seconds"})
    log_format: str = field(default="text", metadata={"says": "text or json"})
    metrics_token: str = field(default="", metadata={"says": "who sends it may read /metrics from another machine"})
    disk_free_mb: int = field(
        default=1024, metadata={"says": "administrators are warned below this free space on the disk"}
    )
    session_hours: int = field(default=720, metadata={"says": "a log-in ends after this time, in hours, however used"})
    behind_proxy: bool = field(default=False, metadata={"says": "trust one reverse proxy's X-Forwarded headers"})

    @property
    def address(self) -> str:
        """Return the address of our pages, for links that other people open; never what a request says it is."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104  all addresses are none
        return self.public_url.rstrip("/") or f"http://{host}:{self.port}"

    @property
    def store_url(self) -> str:
        """Return the store's address: the one set, or the SQLite file in the home folder."""
        if self.database_url.startswith("postgresql://"):  # as PostgreSQL itself writes it, with our driver
            return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        return self.database_url or f"sqlite:///{(self.home / 'bihuan.db').absolute()}"

    @property
    def files(self) -> Path:
        """Return the folder of uploaded files."""
        return self.home / "files"


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `BIHUAN_*` and from the TOML file that `BIHUAN_CONFIG` names (or `HOME/bihuan.toml`).

    Raises `WrongSettings` for an unknown name, suggesting the nearest one, and for an invalid value.
    """
    environment = os.environ if environment is None else environment
    given: dict[str, object] = {
        name.removeprefix(PREFIX).lower(): value for name, value in environment.items() if name.startswith(PREFIX)
    }
    given.pop("config", None)
    return build({**_read(config_file(environment), required=bool(environment.get(f"{PREFIX}CONFIG"))), **given})


def config_file(environment: Mapping[str, str] | None = None) -> Path:
    """Return the path of the TOML file, which need not exist."""
    environment = os.environ if environment is None else environment
    return Path(environment.get(f"{PREFIX}CONFIG") or Path(environment.get(f"{PREFIX}HOME", "var")) / "bihuan.toml")


def build(given: Mapping[str, object]) -> Settings:
    """Build settings from names and values, each checked."""
    known = {each.name: each for each in fields(Settings)}
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            zh = f"没有名为 {name} 的设置" + (f",您是否要写 {near[0]}?" if near else "。")
            en = f"there is no setting {name}" + (f", did you mean {near[0]}?" if near else ".")
            raise WrongSettings(zh=zh, en=en)
    return Settings(**{name: _value(name, known[name].type, value) for name, value in given.items()})  # type: ignore[arg-type]


def _read(path: Path, *, required: bool) -> dict[str, object]:
    if not path.is_file():
        if required:
            raise WrongSettings(zh=f"找不到设置文件 {path}。", en=f"there is no settings file {path}.")
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as broken:
        raise WrongSettings(zh=f"设置文件 {path} 无法读取：{broken}", en=f"{path} cannot be read: {broken}") from None


def _value(name: str, kind: object, value: object) -> object:
    if kind is bool:
        return _truth(name, value)
    if kind is int:
        return _number(name, value)
    if name == "database_url":
        return _store(str(value))
    if name == "public_url":
        return _public_url(str(value))
    if name == "log_format" and str(value) not in LOG_FORMATS:
        raise WrongSettings(
            zh=f"log_format 应为 text 或 json,而不是“{value}”。", en=f"log_format must be text or json, not “{value}”."
        )
    if name == "timezone" and str(value) not in available_timezones():
        raise WrongSettings(zh=f"没有名为 {value} 的时区。", en=f"there is no time zone {value}.")
    return Path(str(value)).expanduser() if kind is Path else str(value)


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise WrongSettings(
            zh=f"public_url 应写成 https://care.example.cn，而不是“{value}”。",
            en=f"public_url must be like https://care.example.cn, not “{value}”.",
        )
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise WrongSettings(
            zh=f"public_url 不能带路径（{parts.path}）：请给它一个自己的域名或端口。",
            en=f"public_url cannot have a path ({parts.path}): give it a host name or a port of its own.",
        )
    return value.rstrip("/")


def _number(name: str, value: object) -> int:
    try:
        number = int(str(value))
    except ValueError:
        raise WrongSettings(
            zh=f"{name} 应为整数，而不是“{value}”。", en=f"{name} must be a whole number, not “{value}”."
        ) from None
    if number < 1:
        raise WrongSettings(zh=f"{name} 应大于 0。", en=f"{name} must be above 0.")
    if number > MOST[name]:
        raise WrongSettings(zh=f"{name} 最大为 {MOST[name]}。", en=f"{name} is {MOST[name]} at most.")
    return number


def _store(value: str) -> str:
    try:
        known = not value or make_url(value).get_backend_name() in STORES
    except ArgumentError:
        known = False
    if not known:  # not repeated here: it may contain a password
        raise WrongSettings(
            zh="database_url 应写成 postgresql://用户：密码@主机/数据库 或 sqlite:///文件。",
            en="database_url must be like postgresql://user:password@host/database or sqlite:///file.",
        )
    return value


def _truth(name: str, value: object) -> bool:
    word = str(value).strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"", "0", "false", "no", "off"}:
        return False
    raise WrongSettings(
        zh=f"{name} 应为 true 或 false,而不是“{value}”。", en=f"{name} must be true or false, not “{value}”."
    )


def secret(settings: Settings, name: str) -> bytes:
    """Return 32 random bytes kept in the home folder under `name`, created at first use in a file of mode 600."""
    path = settings.home / "secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_suffix(f".{secrets.token_hex(8)}.new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(fresh, path)  # the first of two processes wins; the other reads its secret
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return bytes.fromhex(path.read_text())
