"""Automatic answers without headers that say so, and mails of people that only begin like one."""

import pytest

from engine.mail_in import reading
from tests.engine.mail_in.making import mail, multi, part, plain

pytestmark = pytest.mark.fault(14)

AWAY = "休假中，下周回来。"
ABOUT = "We have received your matter YGL-261116-0030"
ANSWERS = ("In-Reply-To: <3@example.test>",)


def why(subject: str, *fields: str, words: str = AWAY) -> str:
    return reading.read(mail(plain(words), *fields, f"Subject: {subject}")).automatic


@pytest.mark.parametrize(
    "beginning",
    [
        *(
            "自动回复：",
            "自动回复: Re: ",
            "【自动回复】",
            "自动答复：",
            "自動回覆：",
            "外出自动回复：",
            "[EXTERNAL] 自动回复：",
        ),
        *(
            "Automatic reply: ",
            "Auto-Reply: ",
            "AutoReply: ",
            "Auto response: ",
            "Out of Office: ",
            "Out of Office Re: ",
        ),
        *("OOO: ", "Vacation reply: ", "I am out of the office: ", "Out of Office "),
        *("Abwesenheitsnotiz: ", "Automatische Antwort: ", "Abwesend: ", "Autom. Antwort: ", "Nicht im Büro: "),
        *(
            "Außer Haus: ",
            "Réponse automatique : ",
            "Absence du bureau : ",
            "Message d’absence : ",
            "Je suis absent : ",
        ),
        *("Respuesta automática: ", "Fuera de la oficina: ", "Autorespuesta: ", "Aviso de ausencia: "),
        *("自動応答: ", "自動返信：", "不在通知：", "【不在のお知らせ】", "自動返信 Re: "),
        *("Undeliverable: ", "退信：", "未送达：", "Unzustellbar: ", "Non remis : ", "配信不能: ", "Returned mail: "),
    ],
)
def test_an_automatic_answer_is_known_by_its_subject(beginning: str) -> None:
    assert why(beginning + ABOUT) == "automatic"
    assert why(beginning + ABOUT, *ANSWERS) == "automatic"


@pytest.mark.parametrize("subject", ["自动回复", "Out of office", "Abwesenheitsnotiz", "Message d'absence", "不在通知"])
def test_the_words_alone_are_enough(subject: str) -> None:
    assert why(subject) == "automatic"


@pytest.mark.parametrize("beginning", ["Read: ", "已读: ", "Gelesen: ", "Lu : ", "Leído: ", "開封済み: ", "Auto: "])
def test_receipts_are_known_in_answers_only(beginning: str) -> None:
    assert why(beginning + ABOUT) == "automatic"
    assert why(f"{beginning}通知", *ANSWERS) == "automatic"
    assert why(f"{beginning}通知") == ""


@pytest.mark.parametrize(
    "words",
    [
        "您好！这是一封自动回复邮件，您的来信已收到。",
        "This is an automatic reply. I am travelling.",
        "Dies ist eine automatische Antwort.",
        "Ceci est une réponse automatique.",
        "Esta es una respuesta automática.",
        "このメールは自動返信です。",
    ],
)
def test_first_words_that_say_it_count_in_answers(words: str) -> None:
    assert why("Re: x", *ANSWERS, words=words) == "automatic"
    assert why("灯", words=words) == ""


@pytest.mark.parametrize(
    "subject",
    [
        *("自动回复功能坏了", "自动门夹人", "退信箱坏了", "不在家时有人进来", "已读公告仍不明白", "外出楼道灯坏"),
        *("Automatic door does not close", "Out of office hours nobody answers", "Reading room is dark"),
        *("Undeliverable parcels pile up", "Holiday noise", "Abwesenheit des Hausmeisters", "Automatische Tür klemmt"),
        *(
            "Absence de lumière",
            "Ausente el portero",
            "Respuesta del portero",
            "自動ドアが壊れた",
            "Re: 自动回复：您好",
        ),
    ],
)
def test_people_are_not_taken_for_machines(subject: str) -> None:
    assert why(subject, words="灯坏了") == ""
    assert why(subject, *ANSWERS, words="灯坏了") == ""


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("Auto-Submitted: auto-replied (vacation)", "automatic"),
        ("Auto-Submitted: no; because a person wrote it", ""),
        ("X-Autoresponder: yes", "automatic"),
        ("Precedence: auto_reply", "automatic"),
        ("Preference: auto_reply", "automatic"),
        ("X-Failed-Recipients: a@b.test", "bounce"),
        ("X-MS-Exchange-Inbox-Rules-Loop: x", ""),
    ],
)
def test_headers_that_say_it_count(field: str, reason: str) -> None:
    assert why("灯", field) == reason


@pytest.mark.parametrize("kind", ["delivery-status", "disposition-notification"])
def test_reports_are_no_complaints(kind: str) -> None:
    body = multi("report", plain("Your message was displayed."), part(f"message/{kind}", "Disposition: x"))
    assert reading.read(mail(body, "Subject: 灯")).automatic == "bounce"
