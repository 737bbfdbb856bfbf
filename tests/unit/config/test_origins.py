from headgate.config.discover import Discovery
from headgate.config.load import Loaded, Override, read_file, settings_from
from headgate.config.locate import Document
from headgate.config.origins import origins


def test_each_value_knows_the_file_the_flag_or_the_default_it_comes_from(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "headgate.yaml"
    path.write_text(
        "server: {port: 9000}\ntargets:\n  gpt:\n    backend: openai\n    lacks: [vision]\n"
    )
    flags = [Override(("server", "host"), "127.0.0.2", "--host")]
    by_setting = {each.setting: each for each in origins(read_file(path, {}, flags=flags))}
    assert by_setting["server.port"][1:] == (9000, "headgate.yaml:1:16")
    assert by_setting["server.host"][1:] == ("127.0.0.2", "--host")
    assert by_setting["server.drain_s"][1:] == (20, "default")
    assert by_setting["targets.gpt.backend"][1:] == ("openai", "headgate.yaml:4:14")
    assert by_setting["targets.gpt.lacks"][1:] == (["vision"], "headgate.yaml:5:12")
    assert by_setting["routes.default.targets"][1:] == (["gpt"], "default")


def test_what_was_discovered_says_so():
    data = {"targets": {"demo": {"backend": "embedded", "model": "demo"}}}
    loaded = Loaded(
        settings=settings_from(data, {}),
        document=Document(data=data),
        discovery=Discovery(data, [], []),
    )
    by_setting = {each.setting: each.source for each in origins(loaded)}
    assert by_setting["targets.demo.model"] == "discovered"
    assert by_setting["server.port"] == "default"
