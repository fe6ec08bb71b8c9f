"""Import people: who works where in which role. Each gets a one-time link; files never contain passwords."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import history, letters
from engine.company import people, places, staff
from engine.company.people import Person
from engine.company.places import Place
from engine.company.roles import Role
from engine.complaints.core import links
from engine.core import phones
from engine.core.errors import BihuanError, Conflict, Invalid, NotFound
from engine.core.store import Store
from engine.history import NewEntry
from engine.importing import changes, undoing
from engine.importing.cells import Cells, Reader
from engine.importing.changes import Changed
from engine.importing.cleaning import key
from engine.importing.counting import Tally
from engine.importing.faults import Fault
from engine.importing.table import Line
from engine.letters import Recipient

BATCH = 20
HEAD = "head"
CALLED_HEADS = frozenset(
    {
        "主管",
        "经理",
        "部门经理",
        "负责人",
        "部门负责人",
        "部长",
        "主任",
        "领导",
        "head",
        "manager",
        "supervisor",
        "departmenthead",
    }
)
"""What companies call the head of a department, as `key` writes it."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A person in a row, with the role and where it is held."""

    number: int
    login: str
    name: str
    name_en: str
    phone: str
    mail: str
    role: Role
    place_id: int


@dataclass(frozen=True, slots=True)
class Invited:
    """A person who was added, and the one-time token to set their password, or where a link is mailed instead."""

    name: str
    login: str
    phone: str
    token: str
    mailed_to: str = ""


INVITED = "invited"


@letters.recipient(INVITED)
def an_invited_person(session: Session, person_id: int, _case_id: int | None) -> Recipient | None:
    """Return somebody who was invited and has no password yet; their link is made as the letter is sent."""
    person = session.get(Person, person_id)
    if person is None or person.retired_at is not None or person.password is not None or not person.mail:
        return None
    token = people.reset_link(session, person, None)
    return Recipient(person.name, person.language, person.mail, link=links.page(people.link_address("", token)) or "")


@dataclass(slots=True)
class Intake:
    """Imports the rows of one file. Without `store` it only reports what would happen. `by`: who requested it."""

    reader: Reader
    tally: Tally
    store: Store | None
    by: Person | None
    import_id: int | None = None
    mail_links: bool = False
    invited: list[Invited] = field(default_factory=list)
    logins: dict[str, str] = field(default_factory=dict)

    def take(self, session: Session, lines: Sequence[Line]) -> None:
        """Import a batch of lines, each person in their own transaction."""
        for line in lines:
            self.tally.read += 1
            worker = _Reading(self.reader, line).worker(session)
            if isinstance(worker, Worker):
                self._take_one(session, line, worker)
            else:
                self.tally.refuse(line, worker)

    def _take_one(self, session: Session, line: Line, worker: Worker) -> None:
        try:
            if self.store is None:
                how, invited = self._would(session, worker), None
            else:
                how, invited = self.store.attempt(lambda writing: self._write(writing, worker))
        except BihuanError as refused:
            self.tally.refuse(line, _faults(worker, refused))
            return
        self.logins[worker.login] = worker.name
        if how == "there":
            self.tally.there += 1
        else:
            self.tally.taken[how] += 1
        if how == "changed":
            self.tally.changes.append(f"{worker.name} ({worker.login})")
        if invited is not None:
            self.invited.append(invited)

    def _would(self, session: Session, worker: Worker) -> str:
        """Do what writing would check; raise what it would raise."""
        person = people.by_login(session, worker.login)
        place = places.find(session, worker.place_id)
        if place.kind not in worker.role.held_at or (worker.role.department and place.code != worker.role.department):
            raise _not_there(worker.role, place)
        if person is None:
            _require_name(worker, self.logins.get(worker.login, worker.name))
            if wrong := people.what_is_wrong(session, worker.login, worker.name):
                raise Invalid(wrong)
            return "changed" if worker.login in self.logins else "added"
        undone = person.retired_at is not None and undoing.was_undone(session, person.id)
        _require_same(person, worker, undone=undone)
        if undone:
            return "added"
        return "there" if self._holds(session, person, worker) else "changed"

    def _write(self, session: Session, worker: Worker) -> tuple[str, Invited | None]:
        how = self._would(session, worker)
        person = people.by_login(session, worker.login)
        if how == "added":
            person, token = self._add(session, worker) if person is None else self._again(session, person, worker)
            changes.note(session, self.import_id, changes.added("person", [person.id]))
            mailed = self.mail_links and bool(person.mail) and links.page("/") is not None
            if mailed:
                letters.put(session, f"invitation:{self.import_id}:{person.id}", "invitation", (INVITED, person.id), {})
            return "added", Invited(person.name, person.login, person.phone, token, person.mail if mailed else "")
        if how == "changed" and person is not None:
            self._hold(session, person, worker)
            facts = {"role": worker.role.code, "place": worker.place_id}
            changes.note(session, self.import_id, [Changed("person", person.id, "given", {}, facts)])
        return how, None

    def _add(self, session: Session, worker: Worker) -> tuple[Person, str]:
        more = {"name_en": worker.name_en, "phone": worker.phone, "mail": worker.mail}
        if self.by is not None:
            role, place = worker.role.code, worker.place_id
            person = staff.add(session, self.by, worker.login, worker.name, role, place, **more)
            return person, staff.reset(session, self.by, person.id)
        person = people.add(session, worker.login, worker.name, **more)
        self._hold(session, person, worker, added=True)
        return person, people.reset_link(session, person, None)

    def _again(self, session: Session, person: Person, worker: Worker) -> tuple[Person, str]:
        """Bring back somebody who left only because an import was undone."""
        if self.by is not None:
            staff.bring_back(session, self.by, person.id)
        else:
            people.bring_back(session, person)
        self._hold(session, person, worker)
        return person, people.reset_link(session, person, self.by)

    def _hold(self, session: Session, person: Person, worker: Worker, *, added: bool = False) -> None:
        if self.by is not None:
            staff.give(session, self.by, person.id, worker.role.code, worker.place_id)
            return
        people.hold(session, person, worker.role.code, places.find(session, worker.place_id))
        facts = {"person": person.id, "role": worker.role.code, "place": worker.place_id}
        draft = NewEntry("person.added" if added else "role.given", None, None, facts)
        history.add(session, history.company(session), [draft])

    def _holds(self, session: Session, person: Person, worker: Worker) -> bool:
        held = people.holdings(session, person.id)
        return any((each.role, each.place_id) == (worker.role.code, worker.place_id) for each in held)


class _Reading(Cells):
    def worker(self, session: Session) -> Worker | list[Fault]:
        name, phone = self.within("name", self.text("name"), 60), self.phone()
        if not name and not self.is_wrong("name"):
            self.wrong("name", "没有写姓名。", "there is no name.")
        login = self.text("login").casefold() or phones.digits(phone)
        if not login and not self.faults:
            self.wrong(
                "login", "没有账号也没有电话，无法登录。", "there is neither a login nor a phone to log in with."
            )
        role = self._role()
        place = self._place(session, role) if role is not None and not self.is_wrong("community") else None
        mail = self.within("mail", self.text("mail"), 120)
        if mail and "@" not in mail:
            self.wrong("mail", f"“{mail}”不是邮箱地址。", f"“{mail}” is no mail address.")
        name_en = self.within("name_en", self.text("name_en"), 60)
        if self.faults or role is None or place is None:
            return self.every_fault()
        self.tell_notes()
        return Worker(self.line.number, login, name, name_en, phone, mail, role, place.id)

    def _role(self) -> Role | None:
        said = self.text("role")
        found = self.known.roles.get(key(said)) or self._role_in_department(said)
        if found is None and said:
            found = self.known.roles.get(key(self.means("role", said)))
        if found is None:
            there = "、".join(dict.fromkeys(each.name for each in self._roles_here()))
            zh = (
                f"没有名称或代码为“{said}”的角色，请说明它指哪个。可以写：{there}。"
                if said
                else f"没有写角色。可以写：{there}。"
            )
            en_there = ", ".join(dict.fromkeys(each.name_en or each.name for each in self._roles_here()))
            what = f"there is no role “{said}” (say which one it means)" if said else "there is no role"
            self.wrong("role", zh, f"{what}; known are: {en_there}.")
        return found

    def _roles_here(self) -> list[Role]:
        """Return the roles that can be given, a department's roles first if the row names one."""
        code = self.department()
        offered = [each for each in self.known.roles.values() if not each.retired]
        own = [each for each in offered if code and _can_be_in(each, code)]
        return list({each.code: each for each in [*own, *offered]}.values())

    def _role_in_department(self, said: str) -> Role | None:
        """Return a role by its name within a department: 主管, 工程主管 or 工程部经理 is the head of engineering."""
        code = self.department()
        if not said or not code:
            return None
        short = key(said)
        for name in sorted((each for each, of in self.known.departments.items() if of == code), key=len, reverse=True):
            short = short.removeprefix(name)
        here = [each for each in self._roles_here() if _can_be_in(each, code)]
        meant = {each.code: each for each in here if _is_short_for(short, each)}
        if len(meant) != 1:
            return None
        found = next(iter(meant.values()))
        self.note(
            f"角色“{said}”按“{found.name}”导入。", f"The role “{said}” was taken as {found.name_en or found.name}."
        )
        return found

    def _place(self, session: Session, role: Role) -> Place | None:
        """Return where the role is held: the row's department, community or its region, or the company."""
        base = self._base(session)
        if base is None:
            return None
        said = self.text("department")
        code = role.department or self.department()
        if "department" in role.held_at and (role.department or said):
            return self._department(session, base, code, said)
        around = {each.kind: each for each in places.ancestors(session, base)}
        found = next((around[kind] for kind in role.held_at if kind in around), None)
        if found is None:
            self.wrong(
                "community" if "community" in self.reader.columns else "role",
                f"“{role.name}”要写明小区{'和部门' if 'department' in role.held_at else ''}。",
                f"{role.name_en} needs a community{' and a department' if 'department' in role.held_at else ''}.",
            )
        return found

    def _base(self, session: Session) -> Place | None:
        """Return the community that the row names; also a region or the company, whose people are in the same file."""
        said = self.text("community")
        known = key(said) in self.known.communities
        wider = None if known else self.known.wider.get(key(said)) or self._wider(said)
        if wider is not None:
            return places.find(session, wider)
        community = self.community(otherwise=None)
        if self.is_wrong("community"):
            return None
        return places.find(session, community.id) if community and community.id else places.company(session)

    def _wider(self, said: str) -> int | None:
        """Return the company or region that a word means by what a person said."""
        code = self.known.meanings.get(("community", key(said)), "")
        found = self.known.wider.get(key(code)) if code else None
        if found is not None:
            self.means("community", said)
        return found

    def _department(self, session: Session, base: Place, code: str, said: str) -> Place | None:
        asked = select(Place).where(
            Place.parent_id == base.id, Place.kind == "department", Place.code == code, Place.retired_at.is_(None)
        )
        found = session.scalar(asked) if code else None
        if found is None:
            zh, en = f"{base.name} 没有“{said or code}”部门。", f"{base.name} has no department “{said or code}”."
            self.wrong("department" if "department" in self.reader.columns else "role", zh, en)
        return found


def _can_be_in(role: Role, department: str) -> bool:
    return "department" in role.held_at and role.department in (None, department)


def _is_short_for(short: str, role: Role) -> bool:
    """Return whether the word means a role of a department: the end of its name, or a usual name for heads."""
    if role.code == HEAD and short in CALLED_HEADS:
        return True
    return len(short) > 1 and any(key(name).endswith(short) for name in (role.name, role.name_en) if name)


def _require_same(person: Person, worker: Worker, *, undone: bool) -> None:
    _require_name(worker, person.name)
    if person.retired_at is not None and not undone:
        raise Conflict(zh=f"{person.name} 已离职。", en=f"{person.name} has left.")


def _require_name(worker: Worker, name: str) -> None:
    """Raise unless the login is free, among existing people and in the rows above."""
    if worker.name != name:
        zh, en = f"账号 {worker.login} 已属于{name}。", f"the login {worker.login} belongs to {name}."
        raise Invalid({"login": (zh, en)})


def _not_there(role: Role, place: Place) -> Conflict:
    return Conflict(zh=f"“{role.name}”不能设在 {place.name}。", en=f"{role.name_en} cannot be held at {place.name}.")


def _faults(worker: Worker, refused: BihuanError) -> list[Fault]:
    if isinstance(refused, Invalid):
        return [Fault(worker.number, "", *said) for said in refused.fields.values()]
    if isinstance(refused, NotFound):
        return [Fault(worker.number, "", "您不能在那里设置角色。", "you may not give roles there.")]
    return [Fault(worker.number, "", refused.text("zh"), refused.text("en"))]
