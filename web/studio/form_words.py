"""What the form editor calls kinds of fields, relations, lists and the parts of a field."""

from engine.forms.definition import LISTS
from web.shell.language import gettext as _


def kinds() -> dict[str, tuple[str, str]]:
    """Each kind of field in plain words, with an example."""
    return {
        "text": (_("一行文字"), _("例如 具体位置")),
        "textarea": (_("多行文字"), _("例如 发生了什么")),
        "number": (_("数字"), _("例如 花费多少元")),
        "date": (_("日期"), _("例如 哪天完工")),
        "datetime": (_("日期和时间"), _("例如 什么时候到场")),
        "radio": (_("选一个，全部列出"), _("例如 同意、不同意")),
        "select": (_("选一个，下拉列表"), _("例如 哪个部门")),
        "checklist": (_("选几个"), _("例如 查了哪几处")),
        "checkbox": (_("打勾"), _("例如 已告知业主")),
        "filepicker": (_("照片和文件"), _("例如 现场照片")),
        "dynamiclist": (_("可以重复的一组"), _("例如 每样材料的名称和数量")),
        "note": (_("说明文字"), _("不用填，只给人看")),
    }


def relations() -> dict[str, str]:
    """What can be said of a field in a condition."""
    return {
        "=": _("为"),
        "!=": _("不为"),
        "<": _("小于"),
        "<=": _("不大于"),
        ">": _("大于"),
        ">=": _("不小于"),
        "has": _("选了"),
        "lacks": _("没选"),
        "ticked": _("已打勾"),
        "unticked": _("没打勾"),
        "filled": _("填了"),
        "empty": _("没填"),
    }


def company_lists() -> dict[str, str]:
    """The lists of the company that choices can come from."""
    names = {
        "departments": _("公司的部门"),
        "categories": _("投诉分类"),
        "people": _("这个小区的人员"),
        "buildings": _("这个小区的楼栋"),
    }
    return {each: names.get(each, each) for each in sorted(LISTS)}


def parts() -> dict[str, str]:
    """The parts of a field as its editor calls them, by their path in the file."""
    return {
        "label": _("问什么"),
        "help": _("下面的提示"),
        "key": _("字段编号"),
        "values": _("选项"),
        "shownIf": _("什么时候要填"),
        "default": _("一开始就填"),
        "validate.min": _("最小"),
        "validate.max": _("最大"),
        "validate.minLength": _("最少几个字"),
        "validate.maxLength": _("最多几个字"),
        "validate.pattern": _("格式（正则表达式）"),
        "decimalDigits": _("几位小数"),
        "notBefore": _("不能早于哪个日期"),
        "otherThan": _("不能和哪个字段选得一样"),
    }
