// Palette, context pad and menus: our blocks first, and nothing that the engine does not run
// (engine/bpmn/diagrams/findings.py says what that is).
import { BLOCKS } from './blocks.js';

const LAST = 400;
const NOT_RUN = /transaction|ad-hoc|complex-gateway|compensation|cancel-|data-(store|object)|none-(intermediate|boundary)|^(create|append|replace-with)-task$/;
const OURS = /^(create|append)-(user|send|rule)-task$/; // there as blocks
const IN_EVENT_PHASE = /^(create|append)-(.*non-interrupting-.*-start|.*conditional-start)$/; // begins only there

export default class Menus {
  constructor(palette, contextPad, popupMenu, blocks, translate, elementFactory, create, autoPlace) {
    Object.assign(this, { blocks, translate, elementFactory, create, autoPlace });
    palette.registerProvider(LAST, this);
    contextPad.registerProvider(LAST, this);
    for (const menu of ['bpmn-create', 'bpmn-append']) {
      popupMenu.registerProvider(menu, LAST, {
        getPopupMenuEntries: (element) => (entries) => ({ ...this.blocksIn(menu, element, popupMenu), ...run(entries) }),
      });
    }
    popupMenu.registerProvider('bpmn-replace', LAST, {
      getPopupMenuEntries: (element) => (entries) => within(element, run(entries)),
      getPopupMenuHeaderEntries: () => ({ 'toggle-loop': _, 'toggle-participant-multiplicity': __, ...entries }) => entries,
    });
  }

  getPaletteEntries() {
    return (entries) => {
      const ours = {};
      for (const name of ['hand-tool', 'lasso-tool', 'space-tool', 'global-connect-tool']) ours[name] = entries[name];
      for (const [name, { title, tells, icon }] of this.blocks.offered) {
        const start = (event) => this.blocks.start(name, event);
        ours[`block.${name}`] = this.worded('blocks', title, icon, start, tells);
      }
      const add = (name, ...more) => { ours[name] = this.worded('elements', ...more); };
      const shape = (type, more) => (event) => this.create.start(event, this.elementFactory.createShape({ type, ...more }));
      add('create.start-event', 'Create start event', 'bpmn-icon-start-event-none', shape('bpmn:StartEvent'));
      add('create.end-event', 'Create end event', 'bpmn-icon-end-event-none', shape('bpmn:EndEvent'));
      add('create.exclusive-gateway', 'Create gateway', 'bpmn-icon-gateway-xor', shape('bpmn:ExclusiveGateway'));
      add('create.parallel-gateway', 'Create parallel gateway', 'bpmn-icon-gateway-parallel', shape('bpmn:ParallelGateway'));
      add('create.timer', 'Create timer', 'bpmn-icon-intermediate-event-catch-timer', shape('bpmn:IntermediateCatchEvent', { eventDefinitionType: 'bpmn:TimerEventDefinition' }));
      add('create.phase', 'Create expanded sub-process', 'bpmn-icon-subprocess-expanded', entries['create.subprocess-expanded'].action.click);
      add('create.participant-expanded', 'Create pool/participant', 'bpmn-icon-participant', entries['create.participant-expanded'].action.click);
      add('create', 'Create element', 'modeler-more', entries.create.action.click);
      return ours;
    };
  }

  getContextPadEntries(element) {
    return ({ 'append.append-task': task, 'append.intermediate-event': _, 'append.compensation-activity': __, ...entries }) => {
      if (!task) return entries;
      const ours = { 'append.people': this.onPad('people', element) };
      const isStep = element.businessObject.$instanceOf('bpmn:Activity');
      if (isStep) ours['append.reminder'] = this.onPad('reminder', element);
      return { ...ours, ...entries };
    };
  }

  getMultiElementContextPadEntries() {
    return {};
  }

  onPad(name, element) {
    const { title, icon } = BLOCKS[name];
    return {
      group: 'model',
      className: icon,
      title: this.translate(title),
      action: { click: () => this.blocks.append(name, element), dragstart: (event) => this.blocks.start(name, event, element) },
    };
  }

  // A palette entry with its word below the icon.
  worded(group, title, icon, start, tells) {
    const word = this.translate(title);
    return {
      group,
      title: tells ? `${word}：${this.translate(tells)}` : word,
      html: `<div class="entry" draggable="true"><span class="${icon}"></span><small>${word}</small></div>`,
      action: { click: start, dragstart: start },
    };
  }

  blocksIn(menu, element, popupMenu) {
    const group = { id: 'blocks', name: this.translate('Blocks') };
    const appending = menu === 'bpmn-append';
    const border = ({ first }) => first.type === 'bpmn:BoundaryEvent';
    const fitting = this.blocks.offered.filter(([, block]) => !appending || !border(block) || element.businessObject.$instanceOf('bpmn:Activity'));
    return Object.fromEntries(fitting.map(([name, { title, tells, icon }]) => {
      const start = (event) => { popupMenu.close(); this.blocks.start(name, event, appending && element); };
      const append = () => this.blocks.append(name, element);
      const action = { click: appending ? append : start, dragstart: start };
      return [`${menu}-${name}`, { label: this.translate(title), description: this.translate(tells), className: icon, group, action }];
    }));
  }
}
Menus.$inject = ['palette', 'contextPad', 'popupMenu', 'blocks', 'translate', 'elementFactory', 'create', 'autoPlace'];

const keeping = (entries, kept) => Object.fromEntries(Object.entries(entries).filter(([name]) => kept(name)));
const run = (entries) => keeping(entries, (name) => !NOT_RUN.test(name) && !OURS.test(name) && !IN_EVENT_PHASE.test(name));

// A process begins by itself, by a message, a broadcast or a time; by a condition only a phase of its own.
function within(element, entries) {
  const inEventPhase = element.businessObject?.$parent?.triggeredByEvent;
  return inEventPhase ? entries : keeping(entries, (name) => name !== 'replace-with-conditional-start');
}
