"""What can be chosen when a decision table is tried: the values of each variable, in words."""

from engine.feel import dmn
from web.shared import codes_in_words
from web.shared.cell_choices import Offers
from web.shared.decision_cells import WORDS
from web.shell.language import gettext as _


def of_trial(decision: dmn.Decision, offered: Offers) -> dict[str, list[tuple[str, str]]]:
    """Variables of a dry run that are chosen from a list."""
    truths = [("true", _("是")), ("false", _("否"))]
    asked = {each.text: truths for each in decision.inputs if each.type == "boolean"}
    own = {name: [(text.strip('"'), words) for text, words in choices] for name, choices in offered.own.items()}
    if not offered.shipped:
        return {**asked, **own}
    known = {name: codes_in_words.every(words) for name, words in WORDS.items()}
    company = {
        name: [(text.strip('"'), words) for text, words in choices]
        for name, choices in offered.asked.items()
        if choices
    }
    return {**own, **known, **company, "category": offered.listed(False), **asked}
