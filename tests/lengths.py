"""How long what is read is: words, sentences, and the captions and alternative texts of a page."""

import re

SENTENCES, WORDS = 2, 60  # of a caption; of an alternative text


def count_words(text):
    """Return how many words a text has."""
    return len(re.findall(r"\w[\w.'’-]*", text))


def count_sentences(text):
    """Return how many sentences a caption has."""
    return len(re.findall(r"[.!?](?=\s|$)", text.strip()))


def list_lengthy(texts, figures, tables):
    """Return captions of more than two sentences and alternative texts of more than sixty words.

    They are those of the figures and tables, and those that the templates write.
    """
    shown = "\n".join(texts)
    captions = [
        *(one.caption for one in (figures | tables).values()),
        *re.findall(r"^!\[(.*)\]\([^()]*\)\{", shown, re.MULTILINE),
        *re.findall(r"^: (\S.*)$", shown, re.MULTILINE),
    ]
    alts = [one.alt for one in figures.values()]
    return [
        *(text for text in dict.fromkeys(captions) if count_sentences(text) > SENTENCES),
        *(text for text in alts if len(text.split()) > WORDS),
    ]
