"""Checking input: errors are at the field, input is kept, hidden fields are not required."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from werkzeug.datastructures import FileStorage, MultiDict

from engine import forms
from engine.core import clock
from engine.core.errors import Refused
from engine.forms import Choice, Form, Words

YES_NO = [{"value": True, "label": {"zh": "是", "en": "Yes"}}, {"value": False, "label": {"zh": "否", "en": "No"}}]
SCORES = [{"value": n, "label": str(n)} for n in range(1, 6)]


def form(*components: dict[str, object]) -> Form:
    return forms.read(json.dumps({"components": [{"label": "问", **each} for each in components]}).encode())


def one(component: dict[str, object], typed: object) -> object:
    """The value of a single field, or its error in English."""
    checked = form({"key": "it", **component}).check({"it": typed})
    assert bool(checked.errors) != checked.ok
    return checked.errors["it"][1] if checked.errors else checked.values["it"]


@pytest.mark.parametrize(
    ("component", "typed", "value"),
    [
        ({"type": "text"}, "  3栋  2单元\r\n", "3栋 2单元"),
        ({"type": "text"}, "a\0b\u200b", "ab\u200b"),
        ({"type": "textarea"}, "一\r\n二\r三\ud800", "一\n二\n三"),
        ({"type": "text"}, "   ", None),
        ({"type": "text", "validate": {"validationType": "phone"}}, "138 1234-5678", "13812345678"),
        ({"type": "text", "validate": {"validationType": "phone"}}, "8765 4321", "87654321"),
        ({"type": "text", "validate": {"validationType": "phone"}}, "+49 30 901820", "+4930901820"),
        ({"type": "number"}, "１，２００", 1200),
        ({"type": "number"}, "¥3.50", Decimal("3.50")),
        ({"type": "number"}, "-7", -7),
        ({"type": "number"}, "", None),
        ({"type": "date"}, "2026-02-28", date(2026, 2, 28)),
        ({"type": "datetime"}, "2026-03-01T09:30", datetime(2026, 3, 1, 1, 30, tzinfo=UTC)),
        ({"type": "checkbox"}, "on", True),
        ({"type": "checkbox"}, "", False),
        ({"type": "radio", "values": YES_NO}, "False", False),
        ({"type": "radio", "values": SCORES}, "4", 4),
        ({"type": "checklist", "values": SCORES}, ["5", "2", "2"], [2, 5]),
        ({"type": "checklist", "values": SCORES}, [], []),
    ],
)
def test_what_people_type_becomes_a_value(component: dict[str, object], typed: object, value: object) -> None:
    found = one(component, typed)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("component", "typed", "error"),
    [
        ({"type": "text"}, "字" * 201, "At most 200 characters; there are 201."),
        ({"type": "text", "validate": {"minLength": 5}}, "abc", "At least 5 characters."),
        ({"type": "text", "validate": {"required": True}}, " \t", "Please fill in: 问."),
        ({"type": "text", "validate": {"pattern": "[A-Z]{2}", "message": {"zh": "两字母", "en": "Two letters"}}}, "x", "Two letters"),
        ({"type": "text", "validate": {"pattern": "(a+)+b"}}, "a" * 190, "This is not in the expected format."),
        ({"type": "text", "validate": {"validationType": "phone"}}, "1234", "This is not a phone number; please check it."),
        ({"type": "text", "validate": {"validationType": "phone"}}, "1381234567", "A mobile number has 11 digits; this has 10. Please check it."),
        ({"type": "text", "validate": {"validationType": "email"}}, "a@b", "This is not a mail address; please check it."),
        ({"type": "number"}, "zwölf", "Enter a number such as 120 or 3.5."),
        ({"type": "number"}, "1e9", "Enter a number such as 120 or 3.5."),
        ({"type": "number"}, "NaN", "Enter a number such as 120 or 3.5."),
        ({"type": "number"}, "9" * 400, "Enter a number such as 120 or 3.5."),
        ({"type": "number", "decimalDigits": 0}, "1.5", "Enter a whole number."),
        ({"type": "number", "decimalDigits": 2}, "1.555", "At most 2 decimal places."),
        ({"type": "number", "validate": {"min": 0}}, "-1", "It cannot be below 0."),
        ({"type": "number", "validate": {"max": 10}}, "11", "It cannot be above 10."),
        ({"type": "date"}, "2026-02-30", "Enter a date such as 2026-03-01."),
        ({"type": "date"}, "0001-01-01", "The year cannot be right; please check it."),
        ({"type": "datetime"}, "9999-12-31T23:59", "The year cannot be right; please check it."),
        ({"type": "datetime"}, "gestern", "Enter a date and time such as 2026-03-01 09:30."),
        ({"type": "date", "validate": {"max": "2026-01-01"}}, "2026-01-02", "It cannot be after 2026-01-01."),
        ({"type": "radio", "values": SCORES}, "6", "This choice does not exist any more; choose again."),
        ({"type": "radio", "values": SCORES, "validate": {"required": True}}, "", "Please choose: 问."),
        ({"type": "radio", "label": "几分？", "values": SCORES, "validate": {"required": True}}, "", "Please choose: 几分？"),
        ({"type": "checklist", "values": SCORES, "validate": {"max": 2}}, ["1", "2", "3"], "At most 2 choices."),
        ({"type": "checklist", "values": SCORES}, ["1", "x"], "This choice does not exist any more; choose again."),
        ({"type": "checklist", "values": SCORES, "validate": {"required": True}}, [], "Please choose: 问."),
        ({"type": "checkbox", "validate": {"required": True}}, "", "Please tick: 问."),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_at_the_field(component: dict[str, object], typed: object, error: str) -> None:
    assert one(component, typed) == error


def test_zero_and_no_are_answers() -> None:
    asked = form(
        {"type": "number", "key": "cost", "validate": {"required": True}},
        {"type": "radio", "key": "own_fault", "values": YES_NO, "validate": {"required": True}},
    )
    assert asked.check({"cost": "0", "own_fault": "False"}).values == {"cost": 0, "own_fault": False}
    assert set(asked.check({}).errors) == {"cost", "own_fault"}


def test_what_was_typed_stays_beside_its_error() -> None:
    asked = form({"type": "number", "key": "cost"}, {"type": "checklist", "key": "ticked", "values": SCORES})
    checked = asked.check(MultiDict([("cost", "viel"), ("ticked", "1"), ("ticked", "9")]))
    assert set(checked.errors) == {"cost", "ticked"}
    assert checked.typed["cost"] == "viel"
    assert checked.typed["ticked"] == ["1", "9"]
    assert checked.values == {"cost": None, "ticked": []}


def test_days_before_today_are_refused_where_the_form_says_so() -> None:
    asked = form({"type": "date", "key": "due", "disallowPassedDates": True})
    with clock.at(datetime(2026, 3, 1, 17, 0, tzinfo=UTC)):  # the second of March in China
        assert asked.check({"due": "2026-03-02"}).ok
        assert asked.check({"due": "2026-03-01"}).errors["due"][0] == "不能早于今天。"


def test_a_field_that_is_not_shown_is_not_asked_and_what_was_sent_for_it_is_dropped() -> None:
    asked = form(
        {"type": "radio", "key": "reached", "values": YES_NO},
        {"type": "radio", "key": "score", "values": SCORES, "shownIf": "=reached", "validate": {"required": True}},
        {"type": "textarea", "key": "why", "shownIf": "score <= 2", "validate": {"required": True}},
        {"type": "checkbox", "key": "again", "shownIf": '=round < 3'},
    )  # fmt: skip
    checked = asked.check({"reached": "False", "score": "1", "why": "x", "again": "on"}, context={"round": 3})
    assert checked.ok
    assert checked.values == {"reached": False, "score": None, "why": None, "again": False}
    assert checked.hidden == {"score", "why", "again"}
    checked = asked.check({"reached": "True", "score": "1"}, context={"round": 1})
    assert set(checked.errors) == {"why"}


def test_only_choices_numbers_boxes_and_dates_steer() -> None:
    asked = form(
        {"type": "text", "key": "name"},
        {"type": "textarea", "key": "finding"},
        {"type": "number", "key": "cost"},
        {"type": "filepicker", "key": "photos"},
        {"type": "dynamiclist", "key": "actions", "components": [{"type": "text", "key": "what", "label": "做什么"}]},
    )
    checked = asked.check({"name": "王", "finding": "漏水", "cost": "5", "actions.0.what": "修"})
    assert checked.steering == {"cost": 5}
    assert checked.rest == {"name": "王", "finding": "漏水", "actions": [{"what": "修"}]}


def group(**validate: object) -> Form:
    return form(
        {
            "type": "dynamiclist",
            "key": "actions",
            "validate": validate,
            "components": [
                {"type": "text", "key": "what", "label": "做什么", "validate": {"required": True}},
                {"type": "select", "key": "who", "label": "谁", "valuesFrom": "departments"},
            ],
        }
    )


DEPARTMENTS = {"departments": (Choice("engineering", Words("工程", "Engineering")),)}


def test_rows_of_a_repeated_group_are_checked_one_by_one_and_empty_ones_fall_away() -> None:
    sent = {"actions.0.what": "换泵", "actions.0.who": "engineering", "actions.1.what": " ", "actions.7.who": "legal"}
    checked = group().check(sent, choices=DEPARTMENTS)
    assert checked.values["actions"] == [
        {"what": "换泵", "who": "engineering"},
        {"what": None, "who": None},
    ]
    assert set(checked.errors) == {"actions.1.what", "actions.1.who"}
    assert checked.typed["actions"][1]["who"] == "legal"


def test_a_repeated_group_has_bounds() -> None:
    assert group(required=True).check({}).errors["actions"][1] == "Please fill in: 问."
    many = {f"actions.{n}.what": "x" for n in range(10_000)}
    assert group().check(many).errors["actions"][1] == "At most 50 rows."
    assert group(max=1).check({"actions.0.what": "a", "actions.1.what": "b"}).errors["actions"][1] == "At most 1 row."


def test_one_more_row_can_be_asked_for_without_scripts() -> None:
    checked = group().check({"actions.0.what": "换泵", "_more": "actions"})
    assert checked.more == "actions"
    assert not checked.ok
    assert not group().check({"_more": "nonsense"}).more


def test_files_are_counted_with_those_kept_from_an_earlier_try() -> None:
    asked = form({"type": "filepicker", "key": "photos", "multiple": True, "validate": {"max": 2, "required": True}})
    photo = FileStorage(filename="a.jpg")
    nothing = FileStorage(filename="")
    assert asked.check({}, MultiDict([("photos", nothing)])).errors["photos"][1] == "Please add a file: 问."
    checked = asked.check({"photos.kept": ["7"]}, MultiDict([("photos", photo)]))
    assert checked.ok
    assert checked.kept["photos"] == (7,)
    assert checked.files["photos"] == (photo,)
    checked = asked.check({"photos.kept": ["7", "8", "x"]}, MultiDict([("photos", photo)]))
    assert checked.errors["photos"][1] == "At most 2 files."


def test_a_blank_form_shows_its_defaults_and_what_is_known_already() -> None:
    asked = form(
        {"type": "select", "key": "urgency", "values": SCORES, "default": "=proposed"},
        {"type": "date", "key": "due", "default": "=today()"},
        {"type": "datetime", "key": "when"},
        {"type": "checkbox", "key": "danger", "default": True},
        {"type": "text", "key": "why", "shownIf": "=urgency = 1"},
    )
    when = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
    with clock.at(datetime(2026, 3, 1, 17, 0, tzinfo=UTC)):
        blank = asked.blank({"proposed": 3}, {"when": when})
    assert blank.typed == {"urgency": "3", "due": "2026-03-02", "when": "2026-03-01T09:30", "danger": "True", "why": ""}
    assert blank.hidden == {"why"}


@pytest.mark.parametrize("hostile", ["'; drop table", "<script>", "=1+1", "${7*7}", "{{7*7}}", "\u202eabc", "💧" * 200])
def test_words_are_kept_as_words(hostile: str) -> None:
    assert one({"type": "text"}, hostile) == hostile


@pytest.mark.fault(24)
def test_what_one_field_has_cannot_be_chosen_in_the_other() -> None:
    lead = {"type": "select", "key": "lead", "label": {"zh": "牵头", "en": "Lead"}, "valuesFrom": "departments"}
    support = {"type": "checklist", "key": "support", "valuesFrom": "departments", "otherThan": "lead"}
    asked = form(lead, support)
    same = asked.check({"lead": "engineering", "support": "engineering"}, choices=DEPARTMENTS)
    assert same.errors["support"] == ("不能与“牵头”相同。", "It cannot be the same as “Lead”.")
    assert asked.check({"lead": "", "support": "engineering"}, choices=DEPARTMENTS).ok
    with pytest.raises(Refused):
        form(support, lead)
