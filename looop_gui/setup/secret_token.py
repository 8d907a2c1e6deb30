"""What can be said about a secret token before it is sent, without showing any of it."""

MAXIMUM_LENGTH = 16_384


def secret_token_problem(text: str) -> str:
    """Why `text` cannot be a secret token, as a sentence, or "" when it can.

    A blank token is allowed here (reference section a.2 step 3). The sentence never quotes it.
    """
    if not text:
        return ""
    if "\n" in text or "\r" in text:
        return "The secret token contains a line break."
    if text.casefold().startswith("bearer "):
        return 'The secret token begins with the word "Bearer"; leave that word out.'
    if any(character.isspace() for character in text):
        return "The secret token contains a blank."
    if not text.isascii() or not text.isprintable():
        return "The secret token contains a character that a token cannot contain."
    if len(text) > MAXIMUM_LENGTH:
        return "The secret token is too long to be one."
    return ""


def trimmed_token(text: str) -> str:
    """The token without the blanks and line breaks that copying left around it."""
    return text.strip()
