"""Sparekey lets a company's customers get back into their own accounts, and lets nobody else in."""
