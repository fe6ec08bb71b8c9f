"""Recognise the columns of a file by their Chinese or English names, corrected by hand."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from engine.core.errors import Invalid
from engine.importing.cleaning import key
from engine.importing.faults import NoColumns
from engine.importing.table import REASON, SHEETS


@dataclass(frozen=True, slots=True)
class Field:
    """A possible meaning of a column: its code, its name, and the heads that such columns have.

    `clock_of`: the date whose time of day stands in this column of its own. Our empty files have no such columns.
    `runs_down`: a merged cell of this column stands for all its rows.
    """

    code: str
    zh: str
    en: str
    names: tuple[str, ...]
    example: str = ""
    clock_of: str = ""
    runs_down: bool = False

    def said(self, language: str = "zh") -> str:
        """Return its name in one language."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of import. `needed`: groups of fields; of each group at least one column is required."""

    code: str
    zh: str
    en: str
    fields: tuple[Field, ...]
    needed: tuple[tuple[str, ...], ...]

    def said(self, language: str = "zh") -> str:
        """Return its name in one language."""
        return self.zh if language == "zh" else self.en

    def field(self, code: str) -> Field | None:
        """Return the field of that code."""
        return next((each for each in self.fields if each.code == code), None)


RUNNING_DOWN = frozenset({"community", "building", "unit", "label", "name", "phone", "role", "department", "category"})
"""Fields whose merged cells stand for every row that they cover."""


def _field(code: str, zh: str, en: str, names: str, example: str = "") -> Field:
    known = (zh, en, code, *(each.strip() for each in names.split(",")), *filter(None, (SHEETS.get(code),)))
    return Field(code, zh, en, known, example, runs_down=code in RUNNING_DOWN)


def _clock(of: str, zh: str, en: str) -> Field:
    return Field(f"{of}_clock", zh, en, (zh, en, f"{of}_clock"), "", of)


_COMMUNITY = _field(
    "community",
    "小区",
    "Community",
    "小区名称,项目,项目名称,所属小区,所属项目,楼盘,园区,物业项目,社区名称,小区代码,community name,estate,project,compound",
    "阳光里",
)
_BUILDING = _field(
    "building", "楼栋", "Building", "栋,幢,楼号,栋号,楼栋号,幢号,座,楼幢,building no,building number,block,tower", "3"
)
_UNIT = _field("unit", "单元", "Unit", "单元号,门洞,unit no,entrance,stairwell", "2")
_ROOM = _field(
    "room",
    "房号",
    "Room",
    "室,房间,房间号,房屋,户号,门牌,门牌号,室号,房屋编号,room no,room number,flat,apartment,apt",
    "501",
)
_PHONE = _field(
    "phone",
    "电话",
    "Phone",
    "手机,手机号,手机号码,联系电话,联系方式,电话号码,来电号码,业主电话,投诉人电话,投诉电话,mobile,telephone,phone number,tel,cell,contact number",
    "13800001111",
)

COMPLAINTS = Kind(
    "complaints",
    "投诉",
    "Complaints",
    (
        _field("reference", "编号", "Number", "投诉编号,留言编号,工单编号,工单号,单号,受理编号,案件编号,记录编号,流水号,序列号,id,no,ref,reference,ticket,ticket id,ticket number,case id,case number,complaint id,complaint number,unique key,unique id,record id", "TS-2019-0001"),
        _field("outside", "外部编号", "Outside number", "来件编号,外单位编号,上级编号,outside no,external number,external id", ""),
        _field("received", "投诉时间", "Received", "收到时间,收到,收到日期,留言时间,受理时间,登记时间,创建时间,提交时间,来电时间,反映时间,接收时间,接单时间,上报时间,时间,日期,投诉日期,登记日期,受理日期,创建日期,received at,created,created at,created date,creation date,date,time,opened,opened at,open date,date received,received date,submitted,submitted at,reported,reported at,registered", "2019-02-28 11:25"),
        _field("text", "投诉内容", "What was said", "内容,留言详情,留言内容,详情,投诉详情,问题描述,描述,事项描述,诉求内容,反映内容,事由,工单内容,详细内容,具体内容,情况描述,正文,text,content,message,body,description,descriptor,details,complaint,complaint text,narrative,issue,problem,comment,comments", "电梯又停在 5 楼，三天没人修。"),
        _field("subject", "主题", "Subject", "标题,留言主题,投诉主题,投诉标题,题目,摘要,概述,title,summary,headline,topic", "3 栋电梯故障"),
        _field("person_name", "姓名", "Name", "留言用户,投诉人,投诉人姓名,业主,业主姓名,客户姓名,客户,联系人,反映人,来电人,用户,户主,name,customer,customer name,complainant,contact,contact name,user,resident,owner,caller", "王女士"),
        _PHONE,
        _COMMUNITY,
        _BUILDING,
        _UNIT,
        _ROOM,
        _field("home", "住户", "Household", "涉及住户,所属住户,household label", ""),
        _field("place", "地址", "Place", "地点,位置,投诉地点,发生地点,具体位置,详细地址,事发地点,房屋地址,incident address,street address,address,location,where,site", "3栋2单元501"),
        _field("category", "类别", "Category", "一级分类,一级标签,一级类别,投诉类别,分类,大类,问题类别,业务类型,投诉分类,问题分类,类目,area,category name,main category,complaint type,issue type,problem type,request type,classification", "工程维修/设施设备"),
        _field("subcategory", "二级分类", "Second-level category", "二级类别,二级标签,小类,子类,细类,投诉小类,subcategory,sub category,subtype,second category", "电梯故障"),
        _field("kind", "类型", "Kind", "性质,诉求性质,诉求类型,投诉类型,工单类型,来电类型,事项类型,type,case type,ticket type", "投诉"),
        _field("urgency", "紧急程度", "Urgency", "紧急度,缓急程度,优先级,priority,severity", "一般"),
        _field("channel", "渠道", "Channel", "来源,来源渠道,投诉渠道,受理渠道,投诉来源,反映渠道,source,channel type,open data channel type,intake channel", "来电"),
        _field("status", "状态", "Status", "处理状态,办理状态,工单状态,当前状态,进度,state,case status,current status", "已办结"),
        _field("outcome", "结果", "Outcome", "处理结果,办理结果,结案结果,解决情况,是否解决,办结结果,result,resolution", "已解决"),
        _field("over", "是否办结", "Is it closed", "办结,是否完成,是否结案,是否关闭,是否已办结,是否处理完成,是否处理,办结与否,历史,closed yes/no,is closed,is it finished,finished,past", "是"),
        _field("closed", "关闭时间", "Closed", "结案时间,办结时间,完成时间,关闭日期,办结日期,结案日期,处理完成时间,解决时间,closed at,closed date,close date,date closed,resolved,resolved at,completed,completed at,end date", "2019-03-01 16:40"),
        _field("answer", "答复内容", "Answered then", "当时的答复,答复,回复,回复内容,答复情况,回复情况,处理情况,办理情况,处理意见,办理意见,处理过程,处理措施,处置情况,处理结果说明,办理结果说明,整改情况,reply,answer,response,response text,action taken,resolution description,resolution notes", "已更换控制板，当日恢复运行。"),
        _field("answered", "答复时间", "Answered on", "回复时间,答复日期,回复日期,处理时间,处理日期,replied at,answered at,response date,reply date", "2019-03-01 15:20"),
        _field("happened", "发生时间", "Happened", "事发时间,问题发生时间,发生日期,happened at,occurred,occurred at,incident date,date of incident", "2019-02-27 20:10"),
        _field("wish", "诉求", "Wish", "期望,希望,业主诉求,要求,期望解决方式,what is wished,requested remedy,remedy,demand,wanted", "尽快修好"),
        _field("department", "责任部门", "Department", "部门,处理部门,承办部门,办理部门,责任单位,department name,responsible department,assigned department", "工程"),
        _field("score", "满意度", "Satisfaction", "评分,满意度评分,满意度评价,评价,回访满意度,得分,score,rating,satisfaction score,csat,stars", "4"),
        _clock("received", "投诉时刻", "Clock of receipt"),
        _clock("closed", "关闭时刻", "Clock of closing"),
        _clock("answered", "答复时刻", "Clock of the answer"),
        _clock("happened", "发生时刻", "Clock of the event"),
    ),
    (("text", "subject"), ("received",)),
)  # fmt: skip

HOUSEHOLDS = Kind(
    "households",
    "住户",
    "Households",
    (
        _COMMUNITY,
        _BUILDING,
        _UNIT,
        _ROOM,
        _field("label", "房屋", "Home", "房产,房屋名称,房产名称,房屋地址,地址,位置,address,location,dwelling", ""),
        _field("name", "业主姓名", "Name", "姓名,户主,业主,户主姓名,客户姓名,联系人,住户,住户姓名,owner,owner name,resident,resident name,customer", "王女士"),
        _PHONE,
    ),
    (("room", "label"),),
)  # fmt: skip

PEOPLE = Kind(
    "people",
    "人员",
    "People",
    (
        _field("login", "账号", "Login", "登录名,用户名,登录账号,工号,员工编号,user name,username,account,employee id,staff id", "wang.wei"),
        _field("name", "姓名", "Name", "员工姓名,人员姓名,full name,employee,staff name", "王伟"),
        _field("name_en", "英文名", "English name", "name in english,latin name", "Wang Wei"),
        _PHONE,
        _field("mail", "邮箱", "Mail", "电子邮箱,邮件,邮箱地址,电子邮件,e-mail,email,email address,mail address", "wang.wei@example.com"),
        _field("role", "角色", "Role", "岗位,职务,职位,position,job title,title", "经办"),
        _COMMUNITY,
        _field("department", "部门", "Department", "所属部门,所在部门,department name,team", "工程"),
    ),
    (("name",), ("role",)),
)  # fmt: skip

KINDS: Mapping[str, Kind] = MappingProxyType({each.code: each for each in (COMPLAINTS, HOUSEHOLDS, PEOPLE)})

LEVELS = (("一级分类", "一级类别", "一级标签", "大类", "area", "maincategory"), ("分类", "类别", "category"))
"""Heads of both levels of categories: where a file has the first, the plain word means the second."""

DAY, CLOCK = ("日期", "date"), ("时间", "time")
"""How the heads of a day and of its time of day end, where they stand apart."""

Columns = Mapping[str, int]
"""Field -> index of its column in a row."""


def is_known(kind: Kind, name: str) -> bool:
    """Return whether a column of that name is recognised."""
    return key(name) in _spellings(kind)


def _spellings(kind: Kind) -> dict[str, str]:
    kept = _known.get(kind.code)
    if kept is None:
        kept = _known[kind.code] = {
            key(name): each.code for each in reversed(kind.fields) for name in each.names if name
        }
    return kept


_known: dict[str, dict[str, str]] = {}


def recognise(kind: Kind, head: Sequence[str]) -> dict[str, int]:
    """Return the recognised fields; of several columns for one field, the one whose name is listed first."""
    spellings = _spellings(kind)
    ranked: dict[str, list[tuple[int, int]]] = {}
    for at, name in enumerate(head):
        code = spellings.get(key(name))
        field = kind.field(code) if code else None
        if field is None or name == REASON:
            continue
        place = [key(each) for each in field.names].index(key(name))
        ranked.setdefault(field.code, []).append((place, at))
    found = {code: min(places)[1] for code, places in ranked.items()}
    if "category" in ranked and "subcategory" not in found:
        found |= _levels(head, [at for _, at in ranked["category"]])
    for field in kind.fields:
        if field.clock_of in ranked and field.code not in found:
            found |= _apart(field, head, [at for _, at in ranked[field.clock_of]])
    return found


def _levels(head: Sequence[str], places: Sequence[int]) -> dict[str, int]:
    """Return the columns of both levels of categories, where a file has them side by side; nothing elsewhere."""
    first, second = ([at for at in places if key(head[at]) in names] for names in LEVELS)
    return {"category": first[0], "subcategory": second[0]} if first and second else {}


def _apart(field: Field, head: Sequence[str], places: Sequence[int]) -> dict[str, int]:
    """Return a day's column and that of its clock, where a file has them apart; nothing elsewhere."""
    days = [at for at in places if key(head[at]).endswith(DAY)]
    clocks = [at for at in places if key(head[at]).endswith(CLOCK)]
    return {field.clock_of: days[0], field.code: clocks[0]} if days and clocks else {}


def by_hand(kind: Kind, head: Sequence[str], said: Mapping[str, str]) -> dict[str, int]:
    """Return the recognised columns with a person's corrections: {name of a column: field, or "" for none}.

    Raises `Invalid` for an unknown column, an unknown field, or a field given twice.
    """
    found, wrong = recognise(kind, head), dict[str, tuple[str, str]]()
    fields = _spellings(kind)
    places = {name: at for at, name in enumerate(head)} | {key(name): at for at, name in enumerate(head)}
    given: dict[str, str] = {}
    for column, wished in said.items():
        at = places.get(column, places.get(key(column), -1))
        code = fields.get(key(wished), "")
        if at < 0:
            wrong[column] = (f"文件里没有“{column}”这一列。", f"the file has no column “{column}”.")
        elif wished and not code:
            known = "、".join(each.code for each in kind.fields)
            wrong[column] = (
                f"没有“{wished}”这个字段，可用的有：{known}。",
                f"there is no field “{wished}”; there are: {known}.",
            )
        elif code in given:
            wrong[column] = (
                f"“{given[code]}”和“{column}”不能是同一个字段。",
                f"“{given[code]}” and “{column}” cannot be the same field.",
            )
        else:
            found = {each: place for each, place in found.items() if place != at}
            if code:
                given[code] = column
                found[code] = at
    if wrong:
        raise Invalid(wrong)
    return found


def require(kind: Kind, head: Sequence[str], columns: Columns) -> None:
    """Raise `NoColumns` naming all missing required columns."""
    missing = [group for group in kind.needed if not any(code in columns for code in group)]
    if missing:
        names = [[kind.field(code) for code in group] for group in missing]
        raise NoColumns(
            missing_zh="、".join("或".join(each.zh for each in group if each) for group in names),
            missing_en=", ".join(" or ".join(each.en for each in group if each) for group in names),
            there="、".join(head)[:600],
        )


def unused(head: Sequence[str], columns: Columns) -> list[str]:
    """Return the names of the columns that nothing is read from."""
    read = set(columns.values())
    return [name for at, name in enumerate(head) if at not in read and name not in (REASON, *SHEETS.values())]


def shape(kind: Kind, head: Sequence[str]) -> str:
    """Return what files with the same columns have in common, to find their saved choices."""
    bare = [name for name in head if name != REASON]
    return hashlib.sha256("\x1f".join((kind.code, *bare)).encode()).hexdigest()
