"""Ask a judge target how good an answer is. Whoever asks holds the answer, and counts the cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import msgspec
from msgspec.structs import replace

from headgate.core.errors import CallerError, HeadgateError, UpstreamGarbled
from headgate.core.stream import Answer
from headgate.estimate.cost import expected_usd
from headgate.estimate.tokens import tokens_of_length
from headgate.gateway.asker import Asker
from headgate.gateway.job import Attempt, Job
from headgate.gateway.reading import scanned
from headgate.gateway.route import Place
from headgate.gateway.target import Moment, Target
from headgate.gateway.translate import fitted_chat
from headgate.gateway.tries import MAX_ANSWER_BYTES, closing, post, settle
from headgate.policy.cascade.judge_prompt import (
    MOST_REPLY_TOKENS,
    answer_text,
    judge_request,
    score_in,
)
from headgate.policy.decision import Candidate, RequestFacts
from headgate.policy.facts import with_more
from headgate.policy.treatment import UNSCANNED, changes_at
from headgate.privacy.scan import Finding

TYPICAL_REPLY_TOKENS = 20
PROMPT_TOKENS = 250
"""Of our own words around the conversation and the answer."""
_encoder = msgspec.json.Encoder()


def judge_facts(job: Job, answer: Answer) -> RequestFacts:
    """What routing may know of the question to the judge: who asks, of what kind, how long."""
    length = tokens_of_length(len(answer_text(answer)))
    return replace(
        job.facts,
        operation="chat",
        input_tokens=job.facts.input_tokens + length + PROMPT_TOKENS,
        expected_output_tokens=TYPICAL_REPLY_TOKENS,
        max_output_tokens=MOST_REPLY_TOKENS,
        choices=1,
        needs=frozenset(),
        tier=None,
    )


@dataclass(frozen=True, slots=True)
class _Question:
    """What a judge is asked about: an answer, in which more may be found than in the request."""

    facts: RequestFacts
    text: str
    found: Sequence[Finding]

    def text_for(self, attempt: Attempt) -> str:
        """The answer as the judge may read it."""
        job, target = attempt.job, attempt.target
        changes = changes_at(self.facts, job.actions_at(target), is_local=target.is_local)
        if not changes:
            return self.text
        assert job.masks is not None, "a route that masks has what it takes"
        return job.masks.text(self.text, self.found, changes)


def _question(job: Job, answer: Answer) -> _Question:
    facts, text, terms = judge_facts(job, answer), answer_text(answer), job.route.reading
    if terms is None:
        return _Question(facts, text, ())
    found, problem = scanned(text, terms, job.clock.monotonic)
    labels = {each.label for each in found} | ({UNSCANNED} if problem is not None else set())
    return _Question(with_more(facts, frozenset(labels), job.route.demands), text, found)


def judge_candidate(job: Job, target: Target, facts: RequestFacts) -> Candidate:
    """The judge as it stands now."""
    moment = Moment(job.clock.monotonic(), job.clock.now())
    return Place(target, 0).candidate(facts, job.model, job.dialect, moment)


def judge_usd(job: Job, target: Target, facts: RequestFacts) -> float | None:
    """What asking it is expected to cost; `None` where that is unknown."""
    candidate = judge_candidate(job, target, facts)
    return expected_usd(
        candidate.usd_per_input_mtok,
        candidate.usd_per_output_mtok,
        input_tokens=facts.input_tokens,
        output_tokens=facts.expected_output_tokens,
    )


async def score_of(
    job: Job, target: Target, answer: Answer, asker: Asker, *, about: str
) -> float | None:
    """The judge's score from 0 to 1; `None` where it may not be asked, or gives none.

    `about` is the target that answered, for the ledger.
    """
    question = _question(job, answer)
    # Nobody waits for a judge: on routes that wait, rules do not refuse who is full.
    if target.slots.is_full or asker.is_refused(job, Place(target, 0), facts=question.facts):
        return None
    attempt = Attempt(job, target, target.model or job.model, role="judge")
    # Asked in words of ours, whatever the client's are.
    attempt.dialect, attempt.is_relayed = target.dialect, False
    try:
        return await closing(attempt, _asked(attempt, question, asker.random, about))
    except HeadgateError as error:
        settle(attempt, error)
        return None


async def _asked(attempt: Attempt, question: _Question, random: Random, about: str) -> float | None:
    job = attempt.job
    try:
        conversation = job.dialect.canonical(attempt.inbound).messages
    except CallerError as error:
        raise UpstreamGarbled("the conversation cannot be put into words for a judge") from error
    mark = f"{random.getrandbits(64):016x}"
    request = judge_request(conversation, question.text_for(attempt), mark=mark)
    body = fitted_chat(attempt, request)
    await attempt.reserve(question.facts)
    exchange = await post(attempt, body, stream=False)
    try:
        reply = attempt.dialect.decode_answer("chat", await exchange.read(MAX_ANSWER_BYTES))
    finally:
        exchange.close()
    attempt.usage = reply.usage
    attempt.response_model = reply.model or None
    score = score_in(answer_text(reply))
    if score is None:
        # No outage: it answered, and may serve others well.
        attempt.close("garbled", "it was asked for a score and gave none")
        return None
    attempt.note = f"{score:.2f} for the answer of `{about}`"
    attempt.close("answered")
    return score
