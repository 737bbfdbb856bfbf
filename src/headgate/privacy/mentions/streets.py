"""Words that make a street of a name, in the languages whose addresses are looked for."""

from headgate.privacy.mentions.cues import words

STREETS = words(
    "street st str avenue ave av road rd lane ln boulevard blvd bd parkway pkwy highway hwy drive"
    " crescent cres terrace expressway freeway turnpike embankment utca ulica ulice"
    " namesti nam trg cesta sokak sokagi caddesi cad bulvari prospekt"
)
"""The last word of a street's name, unmistakable."""
PERHAPS_STREETS = words(
    "dr court ct place pl way square sq circle cir close grove row mews alley trail plaza walk"
    " gardens green hill hills ridge view views heights park path pike loop cove coves meadow"
    " meadows isle isles flat flats ford fords forge forges lodge club dale port ports burg burgs"
    " bridge bypass canyon cape center centers cliff cliffs common corner corners course creek"
    " crossing crossroad curve estate estates extension fall falls ferry field fields forest fork"
    " forks fort garden gateway glen glens groves harbor harbors haven hollow inlet island"
    " islands junction junctions key keys knoll knolls lake lakes land landing light lights locks"
    " manor manors mall mill mills mission mount mountain neck orchard oval overpass pass passage"
    " pine pines plain plains point points prairie radial ramp ranch rapid rapids rest river"
    " route rue run shoal shoals shore shores skyway spring springs spur station stravenue stream"
    " summit throughway trace track trafficway tunnel underpass union unions valley valleys viaduct"
    " village villages ville vista well wells"
)
"""The last word of a street's name, but of much else: a house number must stand before."""
FIRST = words(
    "rua rue via viale piazza piazzale corso vicolo largo strada calle avenida avda av paseo plaza"
    " carrera camino camiño camino travessa praca praça estrada alameda ul ulica al os pl aleja"
    " chemin impasse allee quai cours boulevard bd ronda carrer rúa rúa odos leoforos jalan jl"
    " hegyalja"
)
"""The first word of one."""
ENDINGS = (
    *("strasse", "straße", "str", "weg", "gasse", "platz", "allee", "ufer", "damm", "steig"),
    *("laan", "straat", "gracht", "plein", "kade", "dreef", "singel", "hof", "steenweg", "pad"),
    *("gatan", "gata", "vagen", "väg", "vägen", "vej", "gade", "allé", "veien", "vegen", "gate"),
    *("katu", "tie", "kuja", "polku", "straeti", "stræti", "braut", "vegur", "svej", "grand"),
)
"""How the names of streets end where the word for a street is part of them."""
SHORTEST_WITH_ENDING = 7
BEFORE = words(
    "at on address addresses is to side corner of located lives live living visit deliver ship send"
    " shipped delivered from near meet off reach"
)
"""The word before a street that has its number behind it."""
BOXES = frozenset({"box", "postbox", "postboks", "postfach"})
"""The word before the number of a box at the post office."""
WEAK_BEFORE = frozenset({"of", "is", "to", "from", "on"})
"""Of those, words after which a name with a single digit is as likely a version."""
