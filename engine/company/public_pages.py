"""The company's texts on a community's public page: other ways to reach it, and its privacy notice."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import history
from engine.company.people import Person
from engine.company.places import Place
from engine.core.errors import Invalid
from engine.core.store import Base
from engine.files import limits
from engine.files.limits import Limit
from engine.history import NewEntry

LONGEST = 2000


class BoardText(Base):
    """One text of a place in one language; it applies to all places below without their own."""

    __tablename__ = "board_texts"

    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "desk": ("前台在哪里", "Where the front desk is"),
        "mail": ("收邮件的地址", "Mail address for residents"),
        "more": ("其他渠道（公众号、业主群等）", "Other ways (WeChat, owners' group)"),
        "outside": ("对处理不满意，公司之外找谁", "Whom to ask outside the company"),
        "privacy": ("个人信息怎么用", "What happens to personal data"),
    }
)
"""Code → what the text is about, in Chinese and English."""

USUAL: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "outside": (
            "您可以随时拨打政务服务便民热线 12345，也可以向街道办事处、居民委员会、业主委员会或住房和城乡建设部门反映。向外反映不影响我们继续处理。",
            "You can call the public hotline 12345 at any time, or turn to the sub-district office, the residents' committee, the owners' committee or the housing authority. We continue to work on your matter.",
        ),
        "privacy": (
            "我们只收集处理这件事需要的信息：您的电话、称呼（可不写）、位置、情况和照片。只有经办的人能看到，您的电话显示时会隐去中间几位，谁看过都有记录。照片里的拍摄地点会被去掉。您可以要求查看、更正或删除，请联系物业。",
            "We collect only what the matter needs: your phone, your name if you like, the place, what happened, and photos. Only those who deal with it can see this; your phone is shown with its middle hidden, and who saw it whole is written down. Where a photo was taken is removed. You can ask to see, correct or delete your data: please contact us.",
        ),
    }
)
"""Defaults; a company should have its own lawyer check the notice."""


def texts(session: Session, place: Place, language: str) -> dict[str, str]:
    """Return the texts of a place: its own, those of the nearest place above, or the defaults; one statement."""
    around = [int(each) for each in place.path.rstrip("/").split("/")]
    found = {code: said[0 if language == "zh" else 1] for code, said in USUAL.items()}
    rows = session.scalars(select(BoardText).where(BoardText.place_id.in_(around))).all()
    for wanted in ("en", "zh") if language == "zh" else ("zh", "en"):  # the other language rather than nothing
        mine = [row for row in rows if row.language == wanted]
        found |= {row.code: row.text for row in sorted(mine, key=lambda row: around.index(row.place_id)) if row.text}
    return found


def own(session: Session, place_id: int) -> dict[tuple[str, str], str]:
    """Return a place's own texts, by code and language, for editing."""
    rows = session.scalars(select(BoardText).where(BoardText.place_id == place_id))
    return {(row.code, row.language): row.text for row in rows}


def change(session: Session, place: Place, said: Mapping[tuple[str, str], str], *, by: Person) -> None:
    """Set the texts of a place, by code and language; an empty one means that of the place above.

    Raises `Invalid` naming the field (`code_language`).
    """
    wrong = {
        f"{code}_{language}": (f"最多 {LONGEST} 个字。", f"At most {LONGEST} characters.")
        for (code, language), text in said.items()
        if len(text) > LONGEST or code not in TEXTS or language not in {"zh", "en"}
    }
    if wrong:
        raise Invalid(wrong)
    before, changed = own(session, place.id), set()
    for (code, language), text in said.items():
        if before.get((code, language), "") != text.strip():
            session.merge(BoardText(place_id=place.id, code=code, language=language, text=text.strip()))
            changed.add(code)
    if changed:
        facts = {"place": place.id, "texts": sorted(changed)}
        history.add(session, history.company(session), [NewEntry("board.changed", by.id, facts=facts)])
    session.flush()


def place_of_mail(session: Session, address: str) -> int | None:
    """Return the place whose page gives this mail address."""
    wanted = address.strip().casefold()
    rows = session.scalars(select(BoardText).where(BoardText.code == "mail"))
    return next((row.place_id for row in rows if row.text.strip().casefold() == wanted), None)


def limit_files(session: Session, numbers: Mapping[str, int], *, endless: bool, by: Person) -> None:
    """Set the limits on residents' photos (also `photo_megapixels`), papers, videos (`video_seconds`; `endless`: any
    length) and on what waits for its form.

    Raises `Invalid` with every figure that is out of bounds.
    """
    wrong: dict[str, tuple[str, str]] = {}
    for sort in limits.USUAL:
        seconds = numbers["video_seconds"] if sort == "video" and not endless else None
        megapixels = numbers["photo_megapixels"] if sort == "photo" else None
        try:
            limits.change(session, sort, Limit(numbers[sort], seconds, megapixels))
        except Invalid as bad:
            wrong |= bad.fields
    if wrong:
        raise Invalid(wrong)
    facts: dict[str, object] = {
        sort: [each.megabytes, each.seconds, each.megapixels] for sort, each in limits.of(session).items()
    }
    history.add(session, history.company(session), [NewEntry("files.limited", by.id, facts=facts)])
