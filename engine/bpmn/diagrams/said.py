"""Every sentence of a diagram's findings, in Chinese and English, each with what to do."""

from typing import Final

from engine.bpmn.diagrams.diagram import Flow, Node, Process, Unread
from engine.core.errors import Finding

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "too many": (
        "流程图有 {count} 个节点，上限是 {most} 个。请把一部分移到单独的流程，用调用活动引用。",
        "the diagram has {count} nodes, at most {most} are allowed. Move a part into a process of its own and call it.",
    ),
    "too many flows": (
        "流程图有 {count} 条顺序流，上限是 {most} 条。请拆成几个流程。",
        "the diagram has {count} flows, at most {most} are allowed. Make several processes of it.",
    ),
    "too many processes": (
        "一个文件里有 {count} 个流程，上限是 {most} 个。请拆成几个文件。",
        "one file holds {count} processes, at most {most} are allowed. Make several files of it.",
    ),
    "no id": ("缺少 id。请为它设置唯一的 id。", "it has no id. Give it a unique one."),
    "same id": (
        "id「{id}」出现了 {count} 次。每个元素的 id 必须唯一。",
        'the id "{id}" stands {count} times. Every element needs its own id.',
    ),
    "too long": (
        "{text}太长：最多 {most} 个字，现在有 {count} 个。",
        "the {text} is too long: at most {most} characters; there are {count}.",
    ),
    "empty": ("流程里没有任何节点。", "there is nothing in this process."),
    "not executable": (
        '流程标记为不可执行(isExecutable="false")。要运行它，请改为 true。',
        'the process says that it does not run (isExecutable="false"). Set it to true to run it.',
    ),
    "executable unsaid": (
        "没有写明 isExecutable,按可执行处理。建议写上 true。",
        "isExecutable is not set, so it is assumed to run. Better set it to true.",
    ),
    "no start": (
        "没有开始事件，不知道从哪里开始。请画一个。",
        "there is no start event, so nothing can begin. Draw one.",
    ),
    "starts": (
        "有 {count} 个无类型的开始事件。只能有一个。",
        "there are {count} start events of no type. There can be one only.",
    ),
    "inner start": (
        "子流程里只能用无类型的开始事件。",
        "inside a sub-process only a start event of no type can begin it.",
    ),
    "start kind": (
        "不支持以「{event}」开始。请用无类型、定时、消息、信号的开始事件。",
        'a start by "{event}" is not supported. Use a start event of no type, a timer, a message or a signal.',
    ),
    "start duration": (
        "定时开始写的是时长「{timer}」，没有什么可以从它算起。请写日期时间（timeDate）或重复（timeCycle，例如 R/P1M）。",
        'the timer that starts it is a duration ("{timer}"), and there is nothing to count from. '
        "Write a date and time (timeDate) or a repetition (timeCycle, such as R/P1M).",
    ),
    "dangling": (
        "顺序流的{end}没有连到任何节点。请重新连接或删除。",
        "the flow's {end} is not connected to anything. Connect it again or remove it.",
    ),
    "across": (
        "顺序流跨越了子流程的边界。请在子流程内部结束，再从子流程连出。",
        "the flow crosses the edge of a sub-process. End inside it and go on from the sub-process itself.",
    ),
    "into start": ("开始事件或边界事件不能有进入的顺序流。", "a flow cannot lead into a start or boundary event."),
    "out of end": ("结束事件不能有离开的顺序流。", "a flow cannot lead out of an end event."),
    "unreached": (
        "从开始事件到不了这里，它永远不会执行。{broken}",
        "nothing leads here from the start, so it never runs.{broken}",
    ),
    "unreached first": (
        "从开始事件到不了这里，它永远不会执行；接在它后面的 {count} 处也因此到不了。{broken}",
        "nothing leads here from the start, so it never runs, nor does what comes after it ({count} more).{broken}",
    ),
    "gateway ends": ("网关没有离开的顺序流。", "no flow leaves this gateway."),
    "no condition": (
        "这条顺序流离开「{gateway}」，既没有条件，也不是默认流。请写条件，或把它设为默认流。",
        'this flow leaves "{gateway}" with no condition and is not its default. Write one or make it the default flow.',
    ),
    "always taken": (
        "这条顺序流离开包容网关「{gateway}」时没有条件，每次都会走。要有选择，请写条件。",
        'this flow leaves the inclusive gateway "{gateway}" with no condition and is taken every time. Write one to choose.',
    ),
    "no default": (
        "所有出口都有条件但没有默认流。若都不成立，流程会停在这里等人处理。",
        "every way out has a condition and none is the default. If none is true, the case stops here as an incident.",
    ),
    "bad default": (
        "默认流「{flow}」不从这里离开。",
        'its default flow "{flow}" does not leave from here.',
    ),
    "default condition": (
        "默认流上写了条件，条件不会被计算。",
        "it is the default flow, so its condition is never evaluated.",
    ),
    "condition ignored": (
        "{gateway}的出口不看条件，这里的条件会被忽略。请改用排他或包容网关。",
        "a {gateway} does not evaluate conditions, so this one is ignored. Use an exclusive or inclusive gateway.",
    ),
    "race target": (
        "事件网关之后只能是捕获事件或接收任务，并且只能从这个网关进入。",
        "after an event-based gateway only catch events or receive tasks can follow, entered from it alone.",
    ),
    "no timer": (
        "定时事件没有写时间。请填写，例如 PT4H、2026-02-14T09:00:00+08:00,或 = 开头的 FEEL。",
        "the timer has no time. Write one, such as PT4H, 2026-02-14T09:00:00+08:00, or = and FEEL.",
    ),
    "no message": (
        "没有指定消息，或消息没有名称。请选择一个有名称的消息。",
        "it names no message, or one without a name. Choose a message that has one.",
    ),
    "no signal": ("没有指定信号，或信号没有名称。", "it names no signal, or one without a name."),
    "no error": ("没有指定带错误代码的错误。", "it names no error with an error code."),
    "no escalation": ("没有指定带代码的升级。", "it names no escalation with a code."),
    "unknown ref": (
        "引用的{kind}不存在或没有代码。要捕获所有，请去掉引用。",
        "the {kind} that it refers to is not there or has no code. To catch all of them, refer to none.",
    ),
    "no event condition": ("条件事件没有写条件。", "the conditional event has no condition."),
    "no link name": ("链接事件没有名称。", "the link event has no name."),
    "no partner": (
        "链接「{name}」在同一层里没有对应的{wanted}链接事件。",
        'the link "{name}" has no {wanted} link event on the same level.',
    ),
    "two partners": (
        "有多个名为「{name}」的捕获链接事件，只能有一个。",
        'several catch link events are called "{name}"; there can be one only.',
    ),
    "no host": ("边界事件没有附着在任何活动上。", "the boundary event is not attached to an activity."),
    "error stays": ("错误边界事件必须是中断型的。", "an error boundary event must interrupt."),
    "boundary kind": (
        "边界事件不能是「{event}」类型。",
        'a boundary event cannot be of the kind "{event}".',
    ),
    "catch kind": ("捕获事件没有类型，或类型不对。", "the catch event has no type, or one that cannot be caught here."),
    "throw kind": (
        "不能抛出「{event}」类型的中间事件。",
        'an intermediate throw event cannot be of the kind "{event}".',
    ),
    "end kind": ("结束事件不能是「{event}」类型。", 'an end event cannot be of the kind "{event}".'),
    "several events": (
        "一个事件里有 {count} 个定义，只能有一个。请拆成多个事件。",
        "one event holds {count} definitions, there can be one only. Make several events of it.",
    ),
    "compensation": (
        "不支持补偿。请画出撤销的步骤：失败的地方用错误结束事件，由边界事件或事件子流程接住，后面接撤销的任务。",
        "compensation is not supported. Draw the steps that undo something: end with an error where it fails, catch it by "
        "a boundary event or an event sub-process, and lead on to the tasks that undo.",
    ),
    "cancel": (
        "不支持取消事件(事务)。请用错误事件。",
        "cancel events (transactions) are not supported. Use an error event.",
    ),
    "flow at event sub-process": (
        "事件子流程不能有连线：它由事件开始，办完就结束。请删除这条线。",
        "no flow can lead to or from an event sub-process: an event begins it, and it ends by itself. Remove this flow.",
    ),
    "border of event sub-process": (
        "事件子流程上不能有边界事件。请在里面再画一个子流程，把边界事件附在它上面。",
        "an event sub-process cannot have boundary events. Draw a sub-process inside it and attach the event to that.",
    ),
    "several times at once": (
        "事件子流程不能是多实例。请在里面画一个多实例的活动。",
        "an event sub-process cannot be multi-instance. Draw an activity with multi-instance inside it.",
    ),
    "no event start": (
        "事件子流程没有开始事件，不知道由什么事件开始。请画一个(消息、定时、信号、条件、错误或升级)。",
        "the event sub-process has no start event, so nothing can begin it. "
        "Draw one (message, timer, signal, conditional, error or escalation).",
    ),
    "event starts": (
        "事件子流程里有 {count} 个开始事件，只能有一个。请拆成几个事件子流程。",
        "the event sub-process has {count} start events, there can be one only. Make several event sub-processes of it.",
    ),
    "event start without type": (
        "事件子流程的开始事件没有类型，永远不会开始。请选择消息、定时、信号、条件、错误或升级。",
        "the start event of an event sub-process has no type, so nothing ever begins it. "
        "Choose message, timer, signal, conditional, error or escalation.",
    ),
    "event start kind": (
        "事件子流程不能以「{event}」开始。请选择消息、定时、信号、条件、错误或升级。",
        'an event sub-process cannot begin by "{event}". '
        "Choose message, timer, signal, conditional, error or escalation.",
    ),
    "error start stays": (
        "由错误开始的事件子流程必须是中断型的。",
        "an event sub-process that begins by an error must interrupt.",
    ),
    "kind refused": (
        "不支持{kind}。请用普通的子流程和网关表达。",
        'the kind "{kind}" is not supported. Say it with ordinary sub-processes and gateways.',
    ),
    "standard loop": (
        "不支持循环标记。请用排他网关画出循环，或用多实例。",
        "the loop marker is not supported. Draw the loop with an exclusive gateway, or use multi-instance.",
    ),
    "unknown element": (
        "不认识的元素「{tag}」。",
        'the element "{tag}" is unknown.',
    ),
    "abstract task": (
        "没有类型的任务不会等待任何人，直接通过。请设为用户任务、手工任务等。",
        "a task of no type waits for nobody and passes at once. Make it a user task, a manual task or another kind.",
    ),
    "no script": (
        "脚本任务没有内容，什么也不做。请写脚本，或删除它。",
        "the script task is empty and does nothing. Write a script or remove it.",
    ),
    "bad line": (
        "脚本第 {number} 行不是「名称 = FEEL」的形式：「{line}」",
        'line {number} of the script is not of the form "name = FEEL": "{line}"',
    ),
    "no topic": (
        '服务任务需要 camunda:type="external" 和 camunda:topic,才知道做什么。',
        'a service task needs camunda:type="external" and a camunda:topic, so that it is known what to do.',
    ),
    "no decision": (
        "业务规则任务没有写决策表(camunda:decisionRef)。",
        "the rule task names no table (camunda:decisionRef).",
    ),
    "no called": ("调用活动没有写被调用的流程(calledElement)。", "the call names no process (calledElement)."),
    "no people": (
        "没有写候选部门或经办人，没有人会在收件箱里看到它。",
        "it names neither a candidate group nor an assignee, so nobody finds it in an inbox.",
    ),
    "several groups": (
        "写了多个候选部门，只会使用第一个「{first}」。请只留一个。",
        'it names several candidate groups, and only the first, "{first}", is used. Leave one.',
    ),
    "no name": ("没有名称，人们不知道要做什么。", "it has no name, so people cannot see what to do."),
    "no times": (
        "多实例没有写对什么重复：请写集合(camunda:collection)或次数。",
        "multi-instance has nothing to repeat over: give a collection (camunda:collection) or a number.",
    ),
    "java": (
        "「{text}」是其他引擎的表达式，这里不能运行。请改写为 FEEL(以 = 开头)。",
        '"{text}" is an expression of another engine and cannot run here. Write it in FEEL (with a leading =).',
    ),
    "java simple": (
        "「{text}」是其他引擎的表达式，用 FEEL 写就是「={feel}」。请这样改写(--repair 会改)。",
        '"{text}" is an expression of another engine; in FEEL it reads "={feel}". Write it so (--repair does).',
    ),
    "foreign": (
        "这些属于其他工具，在这里只看不办：{names}。",
        "these belong to another tool and are only shown here: {names}.",
    ),
    "passed over": (
        "「{names}」是写给其他系统的，这里不会照办。{advice}{mended}",
        '"{names}" is written for another system and would not be done here. {advice}{mended}',
    ),
    "drafted": (
        "这里是为试画而补的：{draft}。请先定下来，再删除标记 sketch。",
        "this was drafted to try the drawing out: {draft}. Decide it, then remove the property `sketch`.",
    ),
    "all ways": (
        "有 {count} 个出口，都会同时进行。要选其一，请画排他网关；要同时进行，请画并行网关。",
        "{count} flows leave and all are taken at once. Draw an exclusive gateway to choose, or a parallel one to say so.",
    ),
    "not drawn": ("它没有画在图上，图上看不到。", "it is not drawn, so nobody sees it in the diagram."),
}


def say(what: str, where: Node | Flow | Process | Unread, level: str = "error", **facts: object) -> Finding:
    """Return a finding at an element."""
    zh, en = SENTENCES[what]
    both = {key: value if isinstance(value, tuple) else (value, value) for key, value in facts.items()}
    return Finding(
        level="error" if level == "error" else "warning",
        place=where.id,
        name=where.name,
        zh=zh.format(**{key: value[0] for key, value in both.items()}),
        en=en.format(**{key: value[1] for key, value in both.items()}),
    )


INSTEAD: Final[dict[str, tuple[str, str]]] = {
    "script": (
        "请改成单独的脚本任务(每行「名称 = FEEL」)，放在前面或后面。",
        "Make it a script task of its own (lines `name = FEEL`), before or after.",
    ),
    "listener": (
        "请把它做的事画成前面或后面的任务(脚本任务、服务任务)。",
        "Draw what it does as a task before or after (a script or service task).",
    ),
    "form": (
        "请把问题写成表单(forms/ 里的 JSON)，用 camunda:formKey 指定。",
        "Write its questions as a form (JSON in forms/) and name it by camunda:formKey.",
    ),
    "people": (
        "请用 camunda:candidateGroups(部门或角色)、camunda:assignee 或 camunda:dueDate 写。",
        "Write camunda:candidateGroups (a department or role), camunda:assignee or camunda:dueDate.",
    ),
    "correlation": (
        "消息在这里按案件的业务编号送达；要按别的值，请在等待的事件上写属性 correlation(=FEEL)。",
        "Messages find their case by its business key; for another value give the waiting event the property "
        "correlation (=FEEL).",
    ),
    "data": (
        "变量属于整个流程：请用表单、脚本任务，或服务、调用上的 camunda:inputOutput、camunda:in/out 传递。",
        "Variables belong to the process: set them by a form, a script task, or camunda:inputOutput or camunda:in/out of "
        "a service or call.",
    ),
    "call": (
        '服务请写 camunda:type="external" 和 camunda:topic,决策表请写 camunda:decisionRef。',
        'Write camunda:type="external" and camunda:topic for a service, camunda:decisionRef for a table.',
    ),
    "other": ("请用这里支持的元素画出来，再删掉它。", "Say it with elements that are supported here, then remove it."),
}
"""By kind of what is passed over: what to do instead."""

MENDS: Final = ("(意思相同的，--repair 会改写。)", " (--repair rewrites what means the same.)")

SKETCH: Final = "sketch"
"""The property that marks drafts made for trying a drawing out."""

MENDED: Final[dict[str, tuple[str, str]]] = {
    "id given": ("补上了 id。", "given an id."),
    "id changed": ("id「{id}」重复，改成了新的。", 'the id "{id}" stood twice; this one has a new one.'),
    "executable": ("标记为可执行。", "said to be executable."),
    "translated": ("其他引擎的表达式改写为 FEEL:{feel}。", "an expression of another engine is FEEL now: {feel}."),
    "rewritten": ("改写成了这里的写法：{by}。", "written as it is written here: {by}."),
    "default": (
        "唯一没有条件的出口「{flow}」设为默认流。",
        'the only flow without condition, "{flow}", is the default.',
    ),
    "fork": ("几个同时进行的出口改由并行网关分出。", "several flows, all taken, leave by a parallel gateway now."),
    "unknown element": ("不认识的元素已放到一边", "an unknown element was set aside"),
    "other kind": ("不支持这种元素，改用了最接近的", "this kind is not supported and was replaced by the nearest one"),
    "cancel": ("取消事件当作错误事件", "cancelling is played as an error"),
    "by hand": ("由人来做，因为机器还不会", "done by hand, as nothing can do it yet"),
    "compensation": ("补偿当作普通任务", "compensation is played as an ordinary task"),
    "start found": ("从这里开始，图上没有画", "it begins here, which the drawing does not say"),
    "end found": ("在这里结束，图上没有画", "it ends here, which the drawing does not say"),
    "plain start": ("由人来开始", "somebody starts it"),
    "one of several starts": ("几个开始之一，由人来选", "one of several starts, somebody chooses"),
    "event sub-process": (
        "事件子流程的事件不会自己发生，当作一种开始方式",
        "the event of the event sub-process would not come; it is one of the ways to begin",
    ),
    "loose flow": ("有一条没有接好的连线已放到一边", "a flow that was not connected was set aside"),
    "flow over the edge": (
        "跨越子流程边界的连线改从边上连接",
        "a flow that crossed the edge of a sub-process now leaves from its edge",
    ),
    "passed": ("这个事件只是路过", "this event is only passed"),
    "no edge": ("没有附着的边界事件当作中间事件", "a boundary event at no activity waits by itself"),
    "default elsewhere": ("默认流不从这里离开，已忽略", "its default flow does not leave from here and is left out"),
    "first definition": ("几个事件定义只用第一个", "of several event definitions the first one counts"),
    "lonely link": ("没有对应的链接，当作路过", "the link has no partner and is only passed"),
    "said by hand": ("由人来说它发生了", "somebody says that it has happened"),
    "named": ("消息或代码的名称是补上的", "the name of the message, signal, error or escalation was made up"),
    "timer": ("什么时候，由人来选", "somebody chooses when"),
    "who is open": ("谁来做、何时做，还没有定", "who does it and when is open"),
    "loop marker": ("循环标记只做一次", "the loop marker is played once"),
    "how often": ("做几次，由人来选", "somebody chooses how often"),
    "choice": ("走哪条路，由人来选", "somebody chooses the way"),
}
"""What mending did; those from "unknown element" on are drafts that somebody has to decide."""
