"""Words that say what kind of name stands beside them."""


def words(listed: str, *, between: str | None = None) -> frozenset[str]:
    """What is listed between spaces, or another mark."""
    return frozenset(listed.split(between))


TITLES = words(
    "mister"
    " mr mrs ms miss mx dr prof professor sir madam dame lord lady rev reverend fr father sister"
    " capt captain col colonel gen general lt lieutenant maj major sgt sergeant sen senator rep"
    " gov governor president judge justice hon herr frau monsieur mme madame mlle señor senor"
    " señora senora sra sr don doña dona signor signora"
)
ABBREVIATED_TITLES = words("mr mrs ms mx dr prof rev capt lt sgt mme mlle sra")
"""Titles that are nothing else."""

COMPANY_FORMS = words(
    "inc incorporated corp corporation llc llp lp ltd limited plc co company gmbh ag kg ug sarl"
    " sas sa spa srl bv nv oy ab as aps kk pty holdings holding group partners associates"
    " ventures industries enterprises technologies solutions systems software labs laboratories"
)
INSTITUTIONS = words(
    "bank bancorp university college school institute hospital clinic church foundation"
    " association society agency committee commission council ministry department bureau"
    " authority union airlines airways insurance pharmacy museum orchestra club team fc"
    " federation league party senate congress parliament court police navy army force medical"
    " health healthcare center centre theater theatre press times post journal news records"
    " studios entertainment consulting capital financial services motors foods energy media"
    " networks bancshares logistics shipping lines supplies brokerage trust"
)

NEVER_NAMES = words(
    "dear hi hello hey thanks hallo hola bonjour from regards see an the in on at my our your so do"
    " no not can if is it as to be by of or and but for with this that these those all any some how"
    " why what when where who which use used also note may let per via than then there here"
)
"""Words before names that lists of names hold, too."""

STRONG_INSTITUTIONS = words(
    "university hospital college clinic bank institute foundation church insurance"
)
"""Those that make an organization of ordinary words too (`Memorial Hospital`)."""

PERSON_BEFORE = words(
    "instructor teacher student manager coach doctor therapist counselor counsellor participant"
    " member owner recipient sender beneficiary candidate witness engineer colleague morning"
    " evening afternoon supervisor caller guest trainer"
    " name's heard founders here's dear hi hello hey thanks hallo hola bonjour named called nee"
    " patient client name user tenant customer employee applicant insured payer payee"
    " prescriber provider physician surgeon author contact attn attention signed sincerely"
    " regards cheers mom dad uncle aunt brother sister cousin friend colleague husband wife son"
    " daughter nephew niece boyfriend girlfriend songwriter singer actor actress director"
    " starring commenter lawyer attorney nurse"
)
"""The last word before a person's name."""
PERSON_PHRASES = words(
    "name is|names are|name was|i am|this is|called me|call me|calls me|everyone calls"
    "|written by|directed by|signed by|reviewed by|recorded by|compiled by|prepared by"
    "|authored by|created by|submitted by|sent by|led by|interview with|meet with|met with"
    "|speak with|speak to|talk to|spoke with|spoke to|follow up|up with|assistant to|married to"
    "|born to|named him|named her|it's under|it to|is under|guest is|attention of|care of"
    "|behalf of|here is|leave me|ask for|account of|dependent on|remember me",
    between="|",
)
"""The last two words before one."""
PERSON_AFTER = words(
    "said says told asked wrote writes thinks believes replied argued lives lived spent moved"
    " joined died married retired thanked called emailed phoned met loves hates wants likes"
    " listed speaks spoke works worked has reviewed"
)
"""The next word after one."""

PLACE_BEFORE = words(
    "in from to at near through around across outside throughout visit visited visiting leaving"
    " toward towards southern northern eastern western central downtown"
)
PLACE_PHRASES = words(
    "live in|lives in|lived in|living in|born in|based in|located in|situated in|reside in"
    "|resides in|residing in|moved to|moved from|here from|back from|originally from|come from"
    "|comes from|came from|travel to|travelling to|traveling to|trip to|trip in|flight to"
    "|flight from|fly to|flying to|flew to|drive to|drove to|drove through|passes through"
    "|arrived at|arrived in|arrive in|arriving in|arriving at|returned to|return to|headed to"
    "|capital of|city of|town of|village of|county of|province of|republic of|north of|south of"
    "|east of|west of|outskirts of|residents of|office in|offices in|meeting in|people of"
    "|down from|morning from|am in|be in|stay in|staying in|working in|people in|people from"
    "|hospital in|held in|built in|across in|areas of|area of|for in|conference in",
    between="|",
)
PLACE_AFTER = words("bridge station airport office river county city street road area")

ORGANIZATION_PHRASES = words(
    "work at|works at|worked at|working at|work for|works for|worked for|working for"
    "|employed by|job at|employee of|ceo of|founder of|director of|statement from|contract with"
    "|account with|account at|year at|position at|shares of|acquired by|owned by|meet at",
    between="|",
)

PARTICLES = words(
    "de da do dos das del della di du van von der den ten ter la le el al bin ibn af av zu y e"
)
CALENDAR = words(
    "january february march april may june july august september october november december jan"
    " feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday"
    " saturday sunday mon tue tues wed thu thur thurs fri sat sun"
)

PLACE_LABELS = words(
    "location city town country county province region birthplace hometown village"
)
"""Words after which stands the name of a place, as in a form."""
PERSON_OWNS = words(
    "profile account address parent mother father husband wife son daughter brother sister salary"
    " birthday file files record records medical name phone email number case manager lawyer boss"
    " doctor insurance passport house home family job resume appointment contract details claim"
)
"""What belongs to somebody, after `'s`."""
ORGANIZATION_AFTER = words(
    "announced acquired released shares stock employees headquarters ceo cfo subsidiary branch"
    " orchestra corporation shareholders customers spokesman spokesperson invoice"
)
"""The next word after an organization's name."""
FIRM_BEFORE = words("at from for with by joined of the between via")
"""Words before three surnames that are a firm's name rather than three people."""
