"""What the demonstration model was taught, and how a conversation is laid out for it."""

from typing import Final

INTRODUCTION: Final = (
    "This demonstration of Headgate only strings words together and knows nothing at all."
)
"""How its answers begin. None of these words is in another sentence: it is always said whole."""

SENTENCES: Final = (
    "It has read twenty sentences in its whole life.",
    "Every word follows from the word before.",
    "No fact was ever learned by this model.",
    "Please do not believe what is said here.",
    "An answer like this has no meaning.",
    "The next word is chosen by counting pairs.",
    "Trust the grammar here but never the meaning.",
    "Your question was counted but never understood.",
    "A real model would think about your question.",
    "A real model needs more memory than this one.",
    "Put a real model into the folder to get real answers.",
    "Headgate sends each request where it should go.",
    "Headgate runs a model on this machine without any key.",
    "Headgate shows what every request has cost.",
    "Streams arrive in small pieces so that programs can be tried.",
    "Tools are called whenever a request brings them along.",
    "Objects keep to the schema that came with the request.",
    "Small programs are happy with small answers.",
    "Nothing leaves this machine while you try it.",
    "That was everything it can say.",
)

CHAT_TEMPLATE: Final = """\
{%- macro turn(role, text) %}
{{- '<|im_start|>' + role + '\\n' + text + '<|im_end|>\\n' }}
{%- endmacro %}
{%- macro call(made) %}
{{- '\\n<tool_call>\\n{"name": "' + made.name + '", "arguments": ' }}
{{- made.arguments if made.arguments is string else made.arguments | tojson }}
{{- '}\\n</tool_call>' }}
{%- endmacro %}
{%- if tools %}
{{- '<|im_start|>system\\nThese functions can be called:\\n<tools>' }}
{%- for tool in tools %}{{ '\\n' + (tool | tojson) }}{% endfor %}
{{- '\\n</tools>\\nA call is one JSON object: the name of the function and its arguments.' }}
{{- '<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
{%- if message.role == 'tool' %}
{{- turn('user', '<tool_response>\\n' + message.content + '\\n</tool_response>') }}
{%- elif message.role == 'assistant' %}
{{- '<|im_start|>assistant\\n' + (message.content or '') }}
{%- for made in message.tool_calls or [] %}{{ call(made.function or made) }}{% endfor %}
{{- '<|im_end|>\\n' }}
{%- else %}
{{- turn(message.role, message.content) }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"""
