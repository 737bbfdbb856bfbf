"""What an escalation teaches: whether the cheap answer said the same as the dear one."""

from collections.abc import Callable

from headgate.core.stream import Answer
from headgate.gateway.asker import Lessons
from headgate.gateway.cascade import End
from headgate.gateway.job import Attempt
from headgate.gateway.tries import Draft
from headgate.policy.cascade.same_answer import answer_key, are_same


def compared(best: Draft, end: End, lessons: Lessons) -> Callable[[Attempt, Answer], None]:
    """A reader of the dear answer that rates the cheap one.

    Where it cannot be told whether they say the same, the estimate stands for it.
    """
    job, name = best.attempt.job, best.attempt.target.name
    output_format, has_tools = job.inbound.output_format, bool(job.inbound.tool_schemas)
    cheap = answer_key(best.answer, output_format=output_format, has_tools=has_tools)
    expected = 0.0 if end.verdict is None else end.verdict.p_good

    def read(attempt: Attempt, answer: Answer) -> None:
        dear = answer_key(answer, output_format=output_format, has_tools=has_tools)
        same = are_same(cheap, dear)
        value = expected if same is None else float(same)
        lessons.learn(job.id, "escalation", value, target=name)

    return read
