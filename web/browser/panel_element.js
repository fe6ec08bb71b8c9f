// Reads and writes what an element says: attributes, properties, mappings and definitions, as the engine reads them. Every
// change is one command of the editor, so that it can be undone.

export class Element {
  constructor(modeler, shape) {
    this.modeler = modeler;
    const chosen = shape.labelTarget ?? shape;
    this.shape = modeler.get('elementRegistry').get(chosen.businessObject.id) ?? chosen;
    this.object = this.shape.businessObject;
    this.id = this.object.id;
    this.type = this.object.$type.replace('bpmn:', '');
  }

  is(...types) { return types.includes(this.type); }

  // ---- attributes

  get(name) { return this.object.get(name) ?? ''; }

  set(values) {
    const cleared = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value === '' ? undefined : value]));
    this.modeler.get('modeling').updateProperties(this.shape, cleared);
  }

  // `part`: a definition or another part of the element.
  setIn(part, values) { this.modeler.get('modeling').updateModdleProperties(this.shape, part, values); }

  make(type, values, parent = this.object) {
    const made = this.modeler.get('bpmnFactory').create(type, values);
    made.$parent = parent;
    return made;
  }

  // ---- extensions

  extensions(type) { return (this.object.extensionElements?.values ?? []).filter((each) => each.$type === type); }

  // Puts `held` in the place of all extensions of these types.
  extend(types, held) {
    const others = (this.object.extensionElements?.values ?? []).filter((each) => !types.includes(each.$type));
    const values = [...others, ...held];
    const extensionElements = values.length ? this.make('bpmn:ExtensionElements', { values }) : undefined;
    for (const each of values) each.$parent = extensionElements;
    this.setIn(this.object, { extensionElements });
  }

  property(name) {
    const listed = this.extensions('camunda:Properties').flatMap((each) => each.get('values') ?? []);
    return listed.find((each) => each.name === name)?.value ?? '';
  }

  setProperty(name, value) {
    const listed = this.extensions('camunda:Properties').flatMap((each) => each.get('values') ?? []);
    const values = listed.filter((each) => each.name !== name);
    const at = listed.findIndex((each) => each.name === name);
    if (value) values.splice(at < 0 ? values.length : at, 0, this.make('camunda:Property', { name, value }));
    const holder = this.make('camunda:Properties', { values });
    for (const each of values) each.$parent = holder;
    this.extend(['camunda:Properties'], values.length ? [holder] : []);
  }

  // ---- mappings of a service: [name, text]

  parameters(kind) {
    const holder = this.extensions('camunda:InputOutput')[0];
    return (holder?.get(`${kind}Parameters`) ?? []).map((each) => [each.name, each.value ?? '']);
  }

  setParameters(kind, rows) {
    const old = this.extensions('camunda:InputOutput')[0];
    const type = kind === 'input' ? 'camunda:InputParameter' : 'camunda:OutputParameter';
    const made = rows.filter(([name]) => name).map(([name, value]) => // what is as it was stays: it may hold more than text
      (old?.get(`${kind}Parameters`) ?? []).find((each) => each.name === name && (each.value ?? '') === value) ?? this.make(type, { name, value }));
    const both = { inputParameters: old?.get('inputParameters') ?? [], outputParameters: old?.get('outputParameters') ?? [] };
    both[`${kind}Parameters`] = made;
    const holder = this.make('camunda:InputOutput', both);
    for (const each of [...both.inputParameters, ...both.outputParameters]) each.$parent = holder;
    this.extend(['camunda:InputOutput'], both.inputParameters.length || both.outputParameters.length ? [holder] : []);
  }

  // ---- mappings of a call: [target, text]; a text that begins with = is a formula

  passed(kind) {
    return this.extensions(`camunda:${kind}`).filter((each) => each.target && !each.businessKey)
      .map((each) => [each.target, each.sourceExpression ? `=${each.sourceExpression.replace(/^=/, '')}` : each.source ?? '']);
  }

  setPassed(kind, rows) {
    const type = `camunda:${kind}`;
    const other = this.extensions(type).filter((each) => !each.target || each.businessKey);
    const made = rows.filter(([target]) => target).map(([target, text]) => this.make(type,
      text.startsWith('=') ? { target, sourceExpression: text } : { target, source: text }));
    this.extend([type], [...other, ...made]);
  }

  // ---- events

  get definition() { return this.object.get('eventDefinitions')?.[0]; }

  // timer, message, conditional, …; "" for none
  get event() {
    const kind = this.definition?.$type.replace('bpmn:', '').replace('EventDefinition', '') ?? '';
    return kind && kind[0].toLowerCase() + kind.slice(1);
  }

  formula(text, parent) { return text ? this.make('bpmn:FormalExpression', { body: text }, parent) : undefined; }

  get timer() {
    const tag = ['timeDuration', 'timeDate', 'timeCycle'].find((each) => this.definition?.get(each)?.body);
    return { tag, text: tag ? this.definition.get(tag).body : '' };
  }

  setTimer(text, tag) {
    const values = { timeDuration: undefined, timeDate: undefined, timeCycle: undefined };
    values[tag || 'timeDate'] = this.formula(text, this.definition);
    this.setIn(this.definition, values);
  }

  // ---- messages, signals, errors, escalations: found or made by name

  referred(part, kind) {
    const found = part?.get(`${kind}Ref`);
    return found ? found.get(CODES[kind]) ?? found.name ?? '' : '';
  }

  refer(part, kind, name) {
    if (!name) { this.setIn(part, { [`${kind}Ref`]: undefined }); return; }
    const definitions = this.modeler.getDefinitions();
    const type = `bpmn:${kind[0].toUpperCase()}${kind.slice(1)}`;
    let found = definitions.get('rootElements').find((each) => each.$type === type && (each.get(CODES[kind]) ?? each.name) === name);
    if (!found) {
      found = this.make(type, { name, [CODES[kind]]: name }, definitions);
      this.setIn(definitions, { rootElements: [...definitions.get('rootElements'), found] });
    }
    this.setIn(part, { [`${kind}Ref`]: found });
  }
}

export const CODES = { message: 'name', signal: 'name', error: 'errorCode', escalation: 'escalationCode' };
