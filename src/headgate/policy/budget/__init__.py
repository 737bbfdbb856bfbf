"""Budgets: what counts against one, when it begins anew, and how it bends."""
