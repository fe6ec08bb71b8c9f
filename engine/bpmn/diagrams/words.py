"""Names of kinds of elements on pages and in findings, in Chinese and English."""

from typing import Final

KINDS: Final[dict[str, tuple[str, str]]] = {
    "process": ("流程", "process"),
    "startEvent": ("开始事件", "start event"),
    "endEvent": ("结束事件", "end event"),
    "intermediateCatchEvent": ("中间捕获事件", "intermediate catch event"),
    "intermediateThrowEvent": ("中间抛出事件", "intermediate throw event"),
    "boundaryEvent": ("边界事件", "boundary event"),
    "task": ("任务", "task"),
    "userTask": ("用户任务", "user task"),
    "manualTask": ("手工任务", "manual task"),
    "serviceTask": ("服务任务", "service task"),
    "scriptTask": ("脚本任务", "script task"),
    "businessRuleTask": ("业务规则任务", "business rule task"),
    "sendTask": ("发送任务", "send task"),
    "receiveTask": ("接收任务", "receive task"),
    "subProcess": ("子流程", "sub-process"),
    "eventSubProcess": ("事件子流程", "event sub-process"),
    "transaction": ("事务子流程", "transaction"),
    "adHocSubProcess": ("临时子流程", "ad-hoc sub-process"),
    "callActivity": ("调用活动", "call activity"),
    "exclusiveGateway": ("排他网关", "exclusive gateway"),
    "parallelGateway": ("并行网关", "parallel gateway"),
    "inclusiveGateway": ("包容网关", "inclusive gateway"),
    "eventBasedGateway": ("事件网关", "event-based gateway"),
    "complexGateway": ("复杂网关", "complex gateway"),
    "sequenceFlow": ("顺序流", "sequence flow"),
    "lane": ("泳道", "lane"),
    "table": ("决策表", "decision table"),
    "form": ("表单", "form"),
}

EVENTS: Final[dict[str, tuple[str, str]]] = {
    "message": ("消息", "message"),
    "timer": ("定时", "timer"),
    "signal": ("信号", "signal"),
    "error": ("错误", "error"),
    "escalation": ("升级", "escalation"),
    "conditional": ("条件", "conditional"),
    "link": ("链接", "link"),
    "terminate": ("终止", "terminate"),
    "compensate": ("补偿", "compensation"),
    "cancel": ("取消", "cancel"),
}


def kind_in_words(kind: str, event: str | None = None, language: str = "zh") -> str:
    """Return a kind of element in one language, with the kind of its event: "定时边界事件", "timer boundary event"."""
    at = 0 if language == "zh" else 1
    said = KINDS.get(kind, (kind, kind))[at]
    if not event:
        return said
    which = EVENTS.get(event, (event, event))[at]
    return f"{which}{said}" if at == 0 else f"{which} {said}"
