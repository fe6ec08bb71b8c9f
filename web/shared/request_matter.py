"""What a request is about, for the staff: who asked, what they filled in, their files; masked as the reader may see."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from engine import files
from engine.casework.cases import Case
from engine.company import people
from engine.company.people import Person
from engine.complaints.lists.exporting import without_phones
from engine.complaints.timeline.timeline import Happening
from engine.files import File
from engine.requests import Request, RequestContact, access, resident, rows, start_form
from web.shared import answers, case_story, form_choices
from web.shared.answers import Answered

STEPS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Matter:
    """A request as a page shows it. `asked`: the answers of its start form; `offers`: what its resident can do now."""

    request: Request
    contact: RequestContact
    may_see_phone: bool
    text: str
    asked: list[Answered]
    files: list[File]
    offers: list[resident.Offer]

    @property
    def name(self) -> str:
        """The resident's name, as the reader may see it."""
        name = self.contact.person_name
        return name if self.may_see_phone or not name else f"{name[0]}**"


def read(session: Session, reader: Person, request: Request, case: Case) -> Matter:
    """The request for this reader."""
    contact = rows.contact(session, request)
    may_see = bool(access.may(session, reader, request.id, [access.SEE_PHONE]))
    form = start_form.of_case(session, case)
    asked: list[Answered] = []
    if form is not None:
        offered = form_choices.offered(session, form, case.place_id)
        asked = answers.in_words(form, contact.answers, offered)
    found = Matter(
        request,
        contact,
        may_see,
        contact.text if may_see else without_phones(contact.text),
        asked,
        files.of_request(session, request.id),
        resident.offers(session, case),
    )
    return replace(found, asked=[_masked_answer(each, found) for each in asked])


def masked(happening: Happening, matter: Matter) -> Happening:
    """A line of the story, phones hidden from whoever may not see them."""
    if matter.may_see_phone or not happening.note:
        return happening
    return replace(happening, note=without_phones(happening.note))


def masked_answers(found: Mapping[int, list[Answered]], matter: Matter) -> dict[int, list[Answered]]:
    """Answers by entry, phones hidden from whoever may not see them."""
    return {entry: [_masked_answer(each, matter) for each in said] for entry, said in found.items()}


def _masked_answer(answer: Answered, matter: Matter) -> Answered:
    return answer if matter.may_see_phone else replace(answer, text=without_phones(answer.text))


def filled_before(session: Session, case: Case, matter: Matter) -> list[tuple[Happening, list[Answered]]]:
    """The last steps with their answers, the newest first, for whoever does the next one."""
    entries = case_story.entries_of(session, case)
    said = masked_answers(answers.of_case(session, case, [entry for entry, _note in entries]), matter)
    told = [each for each in case_story.story(session, case, entries, people.known(session)) if said.get(each.entry)]
    return [(each, said[each.entry]) for each in told[-STEPS_SHOWN:][::-1]]
