from pathlib import Path

from headgate.config.load import settings_from
from headgate.gateway.pseudonym_keeper import PseudonymKeeper
from headgate.runtime.vault import use_vault
from support.gateways import ManualClock


def used(**more) -> PseudonymKeeper:
    targets = {"x": {"backend": "openai", "model": "gpt-4o"}}
    routes = {"chat": {"targets": ["x"], **more.pop("route", {})}}
    keeper = PseudonymKeeper(secret=b"s" * 32, clock=ManualClock())
    use_vault(settings_from({"targets": targets, "routes": routes, **more}), keeper)
    return keeper


def test_in_memory_nothing_is_opened():
    keeper = used(vault={"ttl_minutes": 2}, route={"privacy": {}})
    assert keeper.store is None
    assert keeper.ttl_s == 120


def test_on_disk_there_is_a_file_where_a_route_needs_it(tmp_path: Path):
    vault = {"store": "disk", "path": str(tmp_path / "vault.sqlite3")}
    assert used(vault=vault).store is None
    keeper = used(vault=vault, route={"privacy": {}})
    assert keeper.store is not None
    keeper.store.close()
    assert (tmp_path / "vault.sqlite3").exists()
