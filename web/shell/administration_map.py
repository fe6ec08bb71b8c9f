"""The pages of administration: their groups, required permissions and names."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.operations import first_start
from engine.operations.first_start import Beginning
from web.shell import current
from web.shell.language import gettext as _

ACTS = ("company.edit", "people.edit", "tables.edit", "household.edit")
"""People with one of these permissions anywhere have something to change here."""

Said = Callable[[], str]


@dataclass(frozen=True, slots=True)
class AdministrationPage:
    """A page of administration: its endpoint, the required act (`everywhere`: for the whole company), its texts."""

    endpoint: str
    act: str
    name: Said
    about: Said
    everywhere: bool = False


GROUPS: tuple[tuple[Said, tuple[AdministrationPage, ...]], ...] = (
    (
        lambda: _("组织与住户"),
        (
            AdministrationPage(
                "organisation.index", "company.edit", lambda: _("组织"), lambda: _("公司、区域、小区、部门，电话和地址")
            ),
            AdministrationPage(
                "buildings.index",
                "household.edit",
                lambda: _("楼栋"),
                lambda: _("单元、层数、电梯数，供选择和打印海报"),
            ),
            AdministrationPage(
                "households.index",
                "household.edit",
                lambda: _("住户名册"),
                lambda: _("门牌、姓名、电话，查找、添加、修改、停用"),
            ),
            AdministrationPage(
                "imports.index", "complaint.import", lambda: _("导入"), lambda: _("从表格导入投诉、住户、人员")
            ),
            AdministrationPage(
                "logo.index", "company.edit", lambda: _("公司标志"), lambda: _("页面、海报和邮件上的标志"), True
            ),
            AdministrationPage(
                "walls.index", "company.edit", lambda: _("大屏"), lambda: _("大厅屏幕的链接：开、看、作废")
            ),
            AdministrationPage("posters.index", "company.edit", lambda: _("海报"), lambda: _("打印带二维码的投诉海报")),
        ),
    ),
    (
        lambda: _("人员与权限"),
        (
            AdministrationPage(
                "people.index", "people.edit", lambda: _("人员"), lambda: _("添加、分配角色、重设密码、离职")
            ),
            AdministrationPage("absences.index", "people.edit", lambda: _("请假与代班"), lambda: _("谁不在，由谁代办")),
            AdministrationPage("rosters.index", "people.edit", lambda: _("排班"), lambda: _("谁什么时候值班")),
            AdministrationPage(
                "roles.index", "company.edit", lambda: _("角色和部门种类"), lambda: _("改名、添加、停用"), True
            ),
            AdministrationPage(
                "permissions.index", "people.edit", lambda: _("权限"), lambda: _("哪个角色在多大范围内可以做什么"), True
            ),
            AdministrationPage(
                "process_rights.index",
                "people.edit",
                lambda: _("谁可以起草、发布流程"),
                lambda: _("每个流程由哪些角色改，要不要另一个人批准"),
                True,
            ),
        ),
    ),
    (
        lambda: _("办理规则"),
        (
            AdministrationPage(
                "tables.index",
                "tables.edit",
                lambda: _("时限和规则表"),
                lambda: _("时限、督办阶梯、审批权限、研判、派单"),
                True,
            ),
            AdministrationPage(
                "categories.index", "company.edit", lambda: _("投诉类别"), lambda: _("两级类别、危险类别"), True
            ),
            AdministrationPage(
                "dangers.index",
                "company.edit",
                lambda: _("危险的说法"),
                lambda: _("怎么写就按有危险办，试一句话"),
                True,
            ),
            AdministrationPage(
                "calendars.index",
                "company.edit",
                lambda: _("工作日历"),
                lambda: _("每周工时、节假日、调休、特别的日子"),
            ),
            AdministrationPage(
                "reasons.index", "company.edit", lambda: _("暂停原因"), lambda: _("可以暂停时限的原因，最多几天"), True
            ),
            AdministrationPage(
                "thresholds.index", "company.edit", lambda: _("提醒界限"), lambda: _("几件算重复、几户算群体"), True
            ),
            AdministrationPage(
                "quiet_hours.index",
                "company.edit",
                lambda: _("免打扰"),
                lambda: _("什么时候不给同事发消息，哪些随时发，多的合成一条"),
                True,
            ),
            AdministrationPage(
                "report_settings.index",
                "company.edit",
                lambda: _("报告"),
                lambda: _("月报、季报、周报什么时候出，签发以后通知谁"),
                True,
            ),
            AdministrationPage(
                "processes.index", "process.see", lambda: _("流程"), lambda: _("流程图、表单和发布的版本")
            ),
        ),
    ),
    (
        lambda: _("对业主说的话"),
        (
            AdministrationPage(
                "texts_of_letters.index",
                "company.edit",
                lambda: _("消息文字"),
                lambda: _("短信、邮件和站内消息的内容"),
                True,
            ),
            AdministrationPage(
                "questions.index", "company.edit", lambda: _("回访问题"), lambda: _("满意度怎么问、分数怎么叫"), True
            ),
            AdministrationPage(
                "boards.index",
                "company.edit",
                lambda: _("公开页和文件大小"),
                lambda: _("小区公开页上的话，业主上传文件的限制"),
            ),
            AdministrationPage(
                "openings.index",
                "company.edit",
                lambda: _("业主可以发起什么"),
                lambda: _("哪些流程在公开页上对业主开放"),
                True,
            ),
            AdministrationPage(
                "phrases.index", "company.edit", lambda: _("常用语"), lambda: _("办理时插入的标准文字"), True
            ),
        ),
    ),
    (
        lambda: _("记录与后台"),
        (
            AdministrationPage(
                "record.index", "history.see", lambda: _("公司记录"), lambda: _("谁在什么时候改了什么，是否完整"), True
            ),
            AdministrationPage(
                "log_ins.index", "people.edit", lambda: _("登录记录"), lambda: _("谁从哪里登录，什么被拒绝")
            ),
            AdministrationPage(
                "mailbox.index", "company.edit", lambda: _("收邮件"), lambda: _("邮箱读得怎样，每封邮件成了什么"), True
            ),
            AdministrationPage(
                "outbox.index",
                "company.edit",
                lambda: _("发出的消息"),
                lambda: _("邮件和推送发不发得出去，什么没有送到"),
                True,
            ),
            AdministrationPage(
                "jobs.index", "company.edit", lambda: _("后台任务"), lambda: _("导出和导入的进度与结果")
            ),
            AdministrationPage("incidents.index", "incident.see", lambda: _("异常"), lambda: _("卡住的流程，等人处理")),
        ),
    ),
)


BLUEPRINTS = frozenset(page.endpoint.partition(".")[0] for _name, pages in GROUPS for page in pages)
"""Blueprints whose pages are administration."""


def beginning() -> Beginning | None:
    """The first steps for people who set up a company without complaints; None for others and later."""
    return first_start.beginning(current.reading()) if is_for_all() else None


def is_for_all() -> bool:
    """Whether this person may set up the whole company."""
    grants = current.grants()
    return grants is not None and grants.reach("company.edit").everything
