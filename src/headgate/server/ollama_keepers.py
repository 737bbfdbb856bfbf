"""Which Ollama backend a model would be kept at, and under which name."""

from dataclasses import dataclass

from headgate.backends.model_management import ModelKeeper
from headgate.config.schema import Settings
from headgate.core.errors import HeadgateError, InvalidRequest, ModelNotFound
from headgate.gateway.route import Resolved, Routes


@dataclass(frozen=True, slots=True)
class KeptAt:
    """A model's name at the backend that keeps it, or could."""

    keeper: ModelKeeper
    model: str


class Keepers:
    """The Ollama backends of a configuration, in its order."""

    def __init__(self, routes: Routes, settings: Settings) -> None:
        """Only targets that may be used in the environment in force."""
        used = settings.environment_targets
        self._routes = routes
        self._models_dir = settings.engine.models_dir
        self._by_target = {
            target.name: ModelKeeper(target.upstream)
            for target in routes.targets.values()
            if target.provider.manages_models and (used is None or target.name in used)
        }
        self._has_engine = any(target.engine for target in routes.targets.values())

    def place_of(self, found: Resolved) -> KeptAt | None:
        """Where the first target of a route keeps its model; `None` where that is no Ollama."""
        target = found.route.places[0].target
        keeper = self._by_target.get(target.name)
        return None if keeper is None else KeptAt(keeper, target.model or found.model)

    def find(self, name: str, allowed: frozenset[str] | None) -> KeptAt | None:
        """Where a name leads, or would: one that nobody knows yet, to the first of them.

        Raises:
            Forbidden: The caller's key may not use that route.
        """
        try:
            return self.place_of(self._routes.resolve(name, allowed))
        except ModelNotFound:
            first = next(iter(self._by_target.values()), None)
            return None if first is None else KeptAt(first, name)

    def nowhere(self, name: str) -> HeadgateError:
        """Why a model cannot be pulled, and the way out."""
        hint = "add a target with the backend `ollama_native` to `headgate.yaml`"
        if self._has_engine:
            hint = f"put its GGUF file into `{self._models_dir}` and name it in `headgate.yaml`"
        return InvalidRequest(
            f"model: `{name}` cannot be pulled, for no Ollama is configured",
            param="model",
            hint=hint,
        )

    def not_ours(self, name: str) -> HeadgateError:
        """Why a model cannot be deleted, and the way out."""
        return InvalidRequest(
            f"model: `{name}` is kept by no Ollama backend",
            param="model",
            hint="take it out of `headgate.yaml`; a GGUF file is deleted by hand",
        )
