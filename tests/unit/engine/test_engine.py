from pathlib import Path

from headgate.engine.engine import EngineSettings, Job, Running


def test_keys_are_never_shown() -> None:
    running = Running(uds="/s", api_key="secret", context_tokens=1, pid=1)
    job = Job(
        path=Path("m"),
        alias="m",
        settings=EngineSettings(),
        socket=Path("s"),
        api_key="secret",
        library=Path("l"),
    )
    assert "secret" not in repr(running) + repr(job)
