"""Vocabulary and table contracts: the words every other room speaks."""
