"""How much of the input an unbounded prefix cache would have had.

A trace names the blocks of each prompt by hashes, and a hash covers all blocks before it.
So a block is a hit unless its hash comes for the first time, and the order of the rows
does not matter: of each hash one block is a miss, all others are hits. The last block of
a prompt counts with the tokens it has.
"""

from headgate.traffic.database import Database

BLOCK_TOKENS = 512


def prefix_hit_share(database: Database) -> float | None:
    """Hit tokens over all input tokens; `None` without blocks."""
    hits, tokens = database.row(f"""
        WITH blocks AS (
            SELECT hash, greatest(0, least(
                {BLOCK_TOKENS}, input_tokens - {BLOCK_TOKENS} * (place - 1)
            )) AS tokens
            FROM (
                SELECT input_tokens, unnest(hashes) AS hash, generate_subscripts(hashes, 1) AS place
                FROM (
                    SELECT input_tokens, json_extract_string(prefix_blocks, '$[*]') AS hashes
                    FROM staged WHERE reason IS NULL AND json_valid(prefix_blocks)
                )
            )
        )
        SELECT
            (SELECT sum(total - first) FROM
                (SELECT sum(tokens) AS total, max(tokens) AS first FROM blocks GROUP BY hash)),
            (SELECT sum(input_tokens) FROM staged WHERE reason IS NULL)
    """)
    return None if hits is None else float(hits) / float(tokens)
