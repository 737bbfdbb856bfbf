"""Where a gateway keeps the values behind pseudonyms, from its settings."""

from headgate.config.schema import Settings
from headgate.gateway.pseudonym_keeper import PseudonymKeeper
from headgate.ledger.vault_store import VaultStore
from headgate.privacy.vault import storage_key


def use_vault(settings: Settings, keeper: PseudonymKeeper) -> None:
    """Keep them as the settings say.

    The store's key follows from the secret beside the ledger, and is never in the store. Without
    a ledger there is a new secret after each start, which opens nothing of before.

    Raises:
        OperatorError: The file cannot be used, or what seals it is not installed.
    """
    wanted = settings.vault
    keeper.use_ttl(wanted.ttl_minutes * 60)
    if wanted.store == "disk" and any(r.privacy for r in settings.routes.values()):
        keeper.store = VaultStore(wanted.path, storage_key(keeper.secret))
