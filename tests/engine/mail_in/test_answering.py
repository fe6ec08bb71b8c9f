"""Who complains, and where the answer goes (RFC 5322, 3.6.2)."""

import pytest

from engine.core.errors import BihuanError
from engine.mail_in import reading
from tests.engine.mail_in.making import mail, plain

pytestmark = pytest.mark.fault(13)

OWN = ("care@example.test",)


def read(sender: str, *fields: str) -> reading.Mail:
    return reading.read(mail(plain("灯坏了"), *fields, "Subject: x", head=f"From: {sender}\r\n"), OWN)


@pytest.mark.parametrize(
    "sender",
    ["Website <noreply@website.test>", "form@website.test", "do_not.reply@website.test", "Care <care@example.test>"],
)
def test_the_visitor_of_a_web_site_complains_not_the_web_site(sender: str) -> None:
    found = read(sender, "Reply-To: =?utf-8?b?6LW1?= <Zhao@example.test>")
    assert (found.answer_to, found.name, found.automatic) == ("zhao@example.test", "赵", "")
    assert found.sender == sender.rpartition("<")[2].rstrip(">")
    assert read(sender, "Reply-To: zhao@example.test").name == ""  # not that of the web site


@pytest.mark.parametrize(
    "reply_to",
    [
        "care@example.test",
        "Care <Care+YGL@example.test>",
        "noreply@website.test",
        "mailer-daemon@example.test",
        "nobody",
        "",
        "Wang <wang@example.test>",
        "other@example.test, wang@example.test",
    ],
    ids=["ours", "ours with a place", "a machine", "returned mail", "no address", "empty", "the same", "one of them"],
)
def test_the_sender_is_answered_where_nobody_else_can_be(reply_to: str) -> None:
    found = read("王 <wang@example.test>", f"Reply-To: {reply_to}")
    assert (found.answer_to, found.name) == ("wang@example.test", "王")


def test_the_first_usable_address_is_answered() -> None:
    found = read(
        "form@website.test", "Reply-To: care@example.test, noreply@website.test, Li <li@example.test>, x@y.test"
    )
    assert (found.answer_to, found.name) == ("li@example.test", "Li")


@pytest.mark.parametrize("sender", ["noreply@website.test", "auto-reply@website.test"])
def test_a_machine_without_somebody_to_answer_stays_one(sender: str) -> None:
    assert read(sender).automatic == "automatic"
    assert read(sender, "Reply-To: care@example.test").automatic == "automatic"


def test_ours_with_a_place_is_ours() -> None:
    assert read("care+ygl@example.test").automatic == "own"


@pytest.mark.parametrize(
    ("sender", "name", "address"),
    [
        ("=?utf-8?b?546LLCDlsI/mmI4=?= <wang@example.test>", "王, 小明", "wang@example.test"),
        ('"王, 小明" <wang@example.test>', "王, 小明", "wang@example.test"),
        ("=?utf-8?b?PHZpY3RpbUBleGFtcGxlLnRlc3Q+?= <me@example.test>", "<victim@example.test>", "me@example.test"),
        ("wang@example.test (王)", "王", "wang@example.test"),
        ("=?utf-8?b?546LIDx3YW5nQGV4YW1wbGUudGVzdD4=?=", "王", "wang@example.test"),
        ("王<wang@example.test>", "王", "wang@example.test"),
        ("<Wang@Example.Test>", "", "wang@example.test"),
    ],
)
def test_an_address_is_found_before_its_name_is_decoded(sender: str, name: str, address: str) -> None:
    found = read(sender)
    assert (found.name, found.sender) == (name, address)


@pytest.mark.parametrize("sender", ["", "nobody", "@", "a@", "undisclosed-recipients:;"])
def test_a_mail_without_sender_cannot_be_answered(sender: str) -> None:
    with pytest.raises(BihuanError, match="sender"):
        read(sender)
