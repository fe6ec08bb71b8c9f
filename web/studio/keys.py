"""The keys of the diagram editor, as its help lists them."""

from web.shell.language import gettext as _


def keys() -> list[tuple[str, str]]:
    """Each key, and what it does."""
    return [
        ("Ctrl + Z", _("撤销")),
        ("Ctrl + Y", _("重做")),
        ("Ctrl + C / X / V", _("复制、剪切、粘贴，也可以粘到另一张图里")),
        ("Delete", _("删除")),
        ("Ctrl + A", _("全选")),
        ("Ctrl + F", _("在图中查找")),
        ("N", _("新元素")),
        ("A", _("在选中的后面接一个")),
        ("E", _("改名字")),
        ("R", _("换成另一种")),
        ("H / L / S / C", _("移动画面、框选、腾出空间、连线")),
        ("← ↑ → ↓", _("移动选中的")),
        ("Ctrl + ← ↑ → ↓", _("移动画面")),
        ("Ctrl + + / −", _("放大、缩小")),
        ("Esc", _("取消正在做的")),
    ]
