"""Every environment variable Beside reads, once, in one frozen dataclass."""

import os
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent


@dataclass(frozen=True)
class Config:
    data: Path = Path("var")
    """BESIDE_DATA: where the embedded database, the keys and the logs live (0700)."""
    database_url: str = ""
    """DATABASE_URL: empty means SQLite at `data/beside.db`; `postgresql://…` for a server."""
    keys_url: str = ""
    """KEYS_DATABASE_URL: the separate database of wrapped keys; empty means SQLite at `data/keys.db`."""
    host: str = "127.0.0.1"
    """HOST: the address to listen on."""
    port: int = 8000
    """PORT: the port to listen on."""
    origin: str = ""
    """ORIGIN: the public address, `https://…`; https switches Secure cookies and HSTS on."""
    demo: bool = False
    """BESIDE_DEMO: demonstration people and content, marked on every page."""
    dev: bool = False
    """BESIDE_DEV: templates reload, `/patterns` exists."""
    leave_url: str = "https://www.bbc.co.uk/weather"
    """LEAVE_URL: the neutral page that Leave opens."""
    default_country: str = "GB"
    """DEFAULT_COUNTRY: whose crisis lines are shown when a phone names no region."""
    behind_proxy: bool = False
    """BEHIND_PROXY: trust the last `X-Forwarded-For` address for rate limits."""
    fast_hashing: bool = False
    """BESIDE_FAST_HASHING: weak, quick passphrase hashing; for tests only."""
    pool_size: int = 10
    """POOL_SIZE: the most PostgreSQL connections one process opens."""
    push_contact: str = ""
    """PUSH_CONTACT: an e-mail address for the push services; empty is push@ and the host of ORIGIN."""
    push_hosts: tuple[str, ...] = field(default=())
    """PUSH_HOSTS: comma-separated origins of further push services, such as a test's own
    `http://127.0.0.1:9000`. Anyone can make Beside call them: name none that is not meant for this."""

    @property
    def secure(self) -> bool:
        return self.origin.startswith("https://")


def read(env: dict[str, str] | None = None) -> Config:
    e = dict(os.environ) if env is None else env
    return Config(
        data=Path(e.get("BESIDE_DATA", "var")),
        database_url=e.get("DATABASE_URL", ""),
        keys_url=e.get("KEYS_DATABASE_URL", ""),
        host=e.get("HOST", "127.0.0.1"),
        port=int(e.get("PORT", "8000")),
        origin=e.get("ORIGIN", "").rstrip("/"),
        demo=_on(e.get("BESIDE_DEMO")),
        dev=_on(e.get("BESIDE_DEV")),
        leave_url=e.get("LEAVE_URL", Config.leave_url),
        default_country=e.get("DEFAULT_COUNTRY", Config.default_country).upper(),
        behind_proxy=_on(e.get("BEHIND_PROXY")),
        fast_hashing=_on(e.get("BESIDE_FAST_HASHING")),
        pool_size=int(e.get("POOL_SIZE", "10")),
        push_contact=e.get("PUSH_CONTACT", ""),
        push_hosts=tuple(h.rstrip("/") for h in e.get("PUSH_HOSTS", "").split(",") if h),
    )


def _on(value: str | None) -> bool:
    return (value or "").lower() in {"1", "true", "yes", "on"}


config = read()
