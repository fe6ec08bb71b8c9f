// Blocks of ours: a step as this product writes it, with what belongs to it. A block is created by its first shape; what
// follows is added in the same command, so that one undo takes the whole block back.
import { selfAndAllChildren } from 'diagram-js/lib/util/Elements';

import { setEnglishName } from './labels.js';

const GAP = 50; // between one element and the next
const FRAMES = /Lane|Participant|Group|TextAnnotation/;
const SUPERVISOR = 'project_manager';
const NOTICE = { 'camunda:type': 'external', 'camunda:topic': 'notify' };

// `first`: what the block begins with; `inputs`, `names` and `reads` are written into it; `more` adds what
// follows, `width` is the room that it takes behind the first.
export const BLOCKS = {
  people: { title: 'Task for people', icon: 'bpmn-icon-user-task', first: { type: 'bpmn:UserTask' }, tells: 'Somebody does something, with a form and a due time' },
  notice: {
    title: 'Notice', icon: 'bpmn-icon-send-task', tells: 'Tells the resident or the staff something',
    first: { type: 'bpmn:SendTask' }, attributes: NOTICE, names: ['通知', 'Notice'],
    inputs: { template: 'request_news', to: 'resident' },
  },
  reminder: {
    title: 'Timed reminder', icon: 'bpmn-icon-intermediate-event-catch-non-interrupting-timer', tells: 'Reminds when a step takes too long; the step goes on',
    first: { type: 'bpmn:BoundaryEvent', cancelActivity: false, eventDefinitionType: 'bpmn:TimerEventDefinition' },
    names: ['到时未办', 'Not done in time'], timer: 'PT2H', more: addReminder,
  },
  approval: {
    title: 'Approval', icon: 'bpmn-icon-gateway-xor', tells: 'Somebody approves or refuses, and the way divides',
    first: { type: 'bpmn:UserTask' }, width: 150, attributes: { 'camunda:formKey': 'approval' }, names: ['审批', 'Approval'], more: addBranches,
  },
  table: { title: 'Table look-up', icon: 'bpmn-icon-business-rule-task', first: { type: 'bpmn:BusinessRuleTask' }, names: ['查表', 'Look-up'], tells: 'Looks something up in a table of rules' },
  supervision: {
    title: 'Supervision', icon: 'bpmn-icon-call-activity', tells: 'Somebody higher up takes care of it',
    first: { type: 'bpmn:CallActivity' }, attributes: { calledElement: 'escalation' }, names: ['督办', 'Supervision'],
    reads: { kind: '="resolve"', rung: '=2', about: 'about', lead: 'lead' },
  },
};

export default class Blocks {
  constructor(eventBus, elementFactory, modeling, bpmnFactory, autoPlace, create, mouse, canvas, spaceTool, elementRegistry, config) {
    Object.assign(this, { eventBus, elementFactory, modeling, bpmnFactory, autoPlace, create, mouse, canvas, spaceTool, elementRegistry });
    this.tables = config.tables;
    this.offered = Object.entries(BLOCKS).filter(([name]) => name !== 'supervision' || config.supervised);
    eventBus.on('commandStack.shape.create.postExecuted', 300, ({ context: { shape, targetFlow } }) => this.insert(shape, targetFlow));
    eventBus.on('commandStack.shape.create.postExecuted', 200, ({ context: { shape } }) => {
      const { block } = shape;
      delete shape.block;
      if (!block) return;
      if (shape.incoming.length) {
        this.makeRoom(shape, BLOCKS[block].width ?? 0);
        for (const flow of [...shape.incoming, ...shape.outgoing]) this.modeling.layoutConnection(flow);
      }
      BLOCKS[block].more?.call(this, shape);
      eventBus.fire('block.created', { block, shape });
    });
    eventBus.on('commandStack.shape.replace.postExecuted', 200, ({ context: { newShape } }) => this.complete(newShape));
  }

  // A step changed into a notice sends as the block does.
  complete(shape) {
    const object = shape.businessObject;
    if (shape.type !== 'bpmn:SendTask' || object.get('camunda:topic') || object.messageRef) return;
    const all = this.bpmnFactory.create('bpmn:ExtensionElements', { values: [...object.extensionElements?.values ?? [], this.parameters(BLOCKS.notice.inputs)] });
    all.$parent = object;
    for (const each of all.values) each.$parent = all;
    this.modeling.updateProperties(shape, { ...NOTICE, extensionElements: all });
  }

  shape(name) {
    const { first, attributes, names, inputs, reads, timer } = BLOCKS[name];
    const shape = this.elementFactory.createShape({ ...first, block: name });
    this.write(shape.businessObject, { attributes, names, inputs, reads });
    if (name === 'table' && this.tables.length) shape.businessObject.set('camunda:decisionRef', this.tables[0]);
    if (timer) shape.businessObject.eventDefinitions[0].timeDuration = this.expression(timer, shape.businessObject.eventDefinitions[0]);
    return shape;
  }

  // Beside a step, or on its border.
  append(name, source) {
    const shape = this.shape(name);
    if (shape.type !== 'bpmn:BoundaryEvent') return this.autoPlace.append(source, shape);
    const taken = source.attachers?.length ?? 0;
    const position = { x: source.x + Math.max(20, source.width - 24 - 44 * taken), y: source.y + source.height };
    return this.modeling.createShape(shape, position, source, { attach: true });
  }

  start(name, event, source) {
    const from = event instanceof KeyboardEvent ? this.mouse.getLastMoveEvent() : event;
    this.create.start(from, this.shape(name), source && { source });
  }

  // bpmn-js leaves a shape beside the flow it was dropped on where that is nearer to an end of it than ten pixels: half of a
  // short flow.
  insert(shape, flow) {
    if (!flow || flow.source === shape || flow.target === shape) return;
    const { target } = flow;
    const middle = { x: shape.x + shape.width / 2, y: shape.y + shape.height / 2 };
    if (shape.type !== 'bpmn:StartEvent') this.modeling.reconnectEnd(flow, shape, middle);
    if (shape.type !== 'bpmn:EndEvent') this.modeling.connect(shape, target, { type: flow.type });
  }

  // Put into a flow: what comes behind moves on until all of the block fits.
  makeRoom(step, width) {
    const [from] = step.incoming.map(({ source }) => source.x + source.width);
    const [to] = step.outgoing.map(({ target }) => target.x);
    const x = Math.max(step.x, from + GAP);
    if (to > step.x) this.push(x + step.width + width + GAP - to, to);
    if (x > step.x) this.modeling.moveElements([step], { x: x - step.x, y: 0 });
  }

  push(distance, start) {
    if (!(distance > 0)) return;
    const all = selfAndAllChildren([this.canvas.getRootElement()], true);
    const { movingShapes, resizingShapes } = this.spaceTool.calculateAdjustments(all, 'x', distance, start - 1);
    this.spaceTool.makeSpace(movingShapes, resizingShapes, { x: distance, y: 0 }, 'e', start - 1);
  }

  // `position`: the middle of what follows; where there is none, bpmn-js finds a place.
  follow(source, attributes, more = {}, position = undefined) {
    const shape = this.elementFactory.createShape(attributes);
    this.write(shape.businessObject, more);
    position ??= this.eventBus.fire('autoPlace', { source, shape, hints: {} });
    return this.modeling.appendShape(source, shape, this.free(shape, position, source.parent), source.parent);
  }

  // The nearest place below where nothing stands.
  free({ width, height }, { x, y }, parent) {
    const near = (at, other, size, length) => Math.abs(at - other - length / 2) < (size + length) / 2 + 10;
    const stands = (each) => each.parent === parent && each.width && each.type !== 'label' && !FRAMES.test(each.type);
    const others = this.elementRegistry.filter(stands);
    while (others.some((each) => near(x, each.x, width, each.width) && near(y, each.y, height, each.height))) y += GAP;
    return { x, y };
  }

  write(object, { attributes = {}, names, inputs, reads }) {
    for (const [name, value] of Object.entries(attributes)) object.set(name, value);
    if (names) {
      object.name = names[0];
      setEnglishName(object, names[1]);
    }
    const made = Object.entries(reads ?? {}).map(([target, value]) => this.bpmnFactory.create('camunda:In', {
      ...(value.startsWith('=') ? { sourceExpression: value } : { source: value }), target,
    }));
    if (inputs) made.push(this.parameters(inputs));
    if (!made.length) return;
    object.extensionElements ??= this.bpmnFactory.create('bpmn:ExtensionElements', { values: [] });
    object.extensionElements.$parent = object;
    for (const each of made) each.$parent = object.extensionElements;
    object.extensionElements.values.push(...made);
  }

  parameters(inputs) {
    const all = this.bpmnFactory.create('camunda:InputOutput');
    all.inputParameters = Object.entries(inputs).map(([name, value]) => this.bpmnFactory.create('camunda:InputParameter', { name, value }));
    for (const each of all.inputParameters) each.$parent = all;
    return all;
  }

  expression(body, parent) {
    const made = this.bpmnFactory.create('bpmn:FormalExpression', { body });
    made.$parent = parent;
    return made;
  }
}
Blocks.$inject = ['eventBus', 'elementFactory', 'modeling', 'bpmnFactory', 'autoPlace', 'create', 'mouse', 'canvas', 'spaceTool', 'elementRegistry', 'config.blocks'];

// Out of the border: a message to those who have the step, and the end of that way.
function addReminder(border) {
  const to = border.host?.businessObject.get('camunda:candidateGroups') || SUPERVISOR;
  const notice = this.follow(border, { type: 'bpmn:SendTask' }, {
    attributes: NOTICE, names: ['催办', 'Remind'], inputs: { template: 'reminder', to },
  });
  this.follow(notice, { type: 'bpmn:EndEvent' }, { names: ['已催办', 'Reminded'] });
}

// Behind the step: a gateway; approved goes on to where the step led, refused to an end.
function addBranches(step) {
  const [onward] = step.outgoing;
  const y = step.y + step.height / 2;
  const x = step.x + step.width + GAP + 25;
  const gateway = this.follow(step, { type: 'bpmn:ExclusiveGateway' }, { names: ['同意吗？', 'Approved?'] }, { x, y });
  if (onward) this.modeling.reconnectStart(onward, gateway, { x, y });
  else this.follow(gateway, { type: 'bpmn:EndEvent' }, { names: ['已同意', 'Approved'] }, { x: x + 25 + 2 * GAP, y });
  this.follow(gateway, { type: 'bpmn:EndEvent' }, { names: ['未同意', 'Refused'] }, { x, y: y + 110 });
  const [approved, refused] = onward ? [onward, gateway.outgoing.find((flow) => flow !== onward)] : gateway.outgoing;
  this.modeling.layoutConnection(approved);
  const condition = this.expression('approved = "no"', refused.businessObject);
  this.modeling.updateProperties(gateway, { default: approved.businessObject });
  this.modeling.updateProperties(refused, { conditionExpression: condition });
  for (const [flow, names] of [[approved, ['同意', 'Yes']], [refused, ['不同意', 'No']]]) {
    setEnglishName(flow.businessObject, names[1]);
    this.modeling.updateProperties(flow, { name: names[0] });
  }
}
