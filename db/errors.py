"""Database errors by meaning, whichever engine raised them."""

import sqlite3

import asyncpg

UNIQUE = (sqlite3.IntegrityError, asyncpg.UniqueViolationError)
"""For `except UNIQUE:`. Never catch it inside a transaction: on PostgreSQL that one is dead by then."""
