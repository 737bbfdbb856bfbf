"""How older ledgers become today's."""
