"""Entra's expression language: lexer, parser, tree, compile, lint (reference section d)."""
