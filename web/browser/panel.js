// The panel beside the diagram: what the selected element says, what is wrong with the draft, what people note at it.
// The template studio/panel.html writes what this reads.
import { ask } from '../shell/scripts/asking.js';
import { Element } from './panel_element.js';
import { button, node } from './panel_parts.js';
import { settingsOf } from './panel_settings.js';
import { showComments } from './panel_comments.js';
import { showFindings } from './panel_findings.js';

export async function showPanel(modeler, section) {
  const aside = section.querySelector('[data-panel]');
  const panel = new Panel(modeler, section, aside);
  await panel.begin();
}

class Panel {
  constructor(modeler, section, aside) {
    Object.assign(this, { modeler, section, aside, addresses: aside.dataset, path: aside.dataset.path });
    this.words = JSON.parse(section.querySelector('[data-panel-words]').textContent);
    this.parts = Object.fromEntries([...aside.querySelectorAll('[data-part]')].map((each) => [each.dataset.part, each]));
    this.tabs = Object.fromEntries([...aside.querySelectorAll('[data-tab]')].map((each) => [each.dataset.tab, each]));
    this.fieldOption = ({ name, said }) => ({ value: name, said: said ? `${said} (${name})` : name });
    this.choices = { departments: [], roles: [], forms: [], tables: [], processes: [], topics: [], limits: [], messages: [], fields: [], statuses: [], 'counts as': [] };
  }

  get headers() {
    const { 'X-CSRFToken': token } = JSON.parse(document.body.getAttribute('hx-headers'));
    return { 'X-CSRFToken': token };
  }

  async begin() {
    for (const [name, tab] of Object.entries(this.tabs)) tab.addEventListener('click', () => this.show(name));
    this.aside.querySelector('[role=tablist]').addEventListener('keydown', (event) => this.step(event));
    this.show('settings');
    showFindings(this, this.parts.findings);
    this.commented = showComments(this, this.parts.comments);
    await this.learn();
    this.modeler.on('selection.changed', () => this.follow());
    this.modeler.on('elements.changed', ({ elements }) => this.changed(elements));
    this.modeler.on('import.done', () => this.follow());
    window.addEventListener('focus', () => this.learn()); // a form or table may have been added in another tab
    this.follow();
    window.addEventListener('hashchange', () => this.arrive());
    this.arrive();
    this.aside.dataset.state = 'ready';
  }

  async learn() {
    const answer = await this.request(this.addresses.choices, { cache: 'no-store' });
    if (answer?.ok) this.choices = await answer.json();
  }

  // Asks the server; nothing without network or after logging out, and then it says so.
  async request(url, options) {
    let wrong = this.words['not loaded'];
    try {
      const answer = await ask(url, options);
      if (answer.status !== 401) {
        if (this.troubled) this.notice();
        this.troubled = false;
        return answer;
      }
      wrong = this.words['logged out'];
    } catch {
      // said below
    }
    this.troubled = true;
    this.notice(wrong, button(this.words.again, () => this.learn().then(() => this.draw())));
    return undefined;
  }

  show(name) {
    for (const [each, tab] of Object.entries(this.tabs)) {
      tab.setAttribute('aria-selected', String(each === name));
      tab.tabIndex = each === name ? 0 : -1;
      this.parts[each].hidden = each !== name;
    }
  }

  step({ key, target }) {
    const names = Object.keys(this.tabs);
    const by = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (!by) return;
    const next = names[(names.indexOf(target.dataset.tab) + by + names.length) % names.length];
    this.show(next);
    this.tabs[next].focus();
  }

  count(name, number) { this.tabs[name].querySelector('[data-count]').textContent = number; }

  notice(text, act) {
    const place = this.aside.querySelector('[data-notice]');
    place.replaceChildren(...(text ? [node('p', text), act].filter(Boolean) : []));
    place.hidden = !text;
  }

  // What was being typed is written before something else is shown.
  leave() {
    if (this.aside.contains(document.activeElement)) document.activeElement.blur();
  }

  follow() {
    const selected = this.modeler.get('selection').get();
    const shape = selected.length === 1 ? selected[0] : selected.length ? undefined : this.modeler.get('canvas').getRootElement();
    this.leave();
    this.element = shape?.businessObject && shape.type !== 'bpmn:Collaboration' ? new Element(this.modeler, shape) : undefined;
    this.draw();
    this.commented(this.element);
  }

  // Our own writing leaves the controls as they are, so that whoever types goes on.
  changed(elements) {
    if (this.element && elements.some(({ businessObject }) => businessObject === this.element.object) && !this.aside.contains(document.activeElement)) this.draw();
  }

  draw() {
    const { settings } = this.parts;
    if (!this.element) { settings.replaceChildren(node('p', this.words.choose_element, 'quiet')); return; }
    settings.replaceChildren(...settingsOf(this, this.element));
    settings.dataset.element = this.element.id;
  }

  // A link to an element, such as from the list of comments.
  arrive() {
    if (location.hash) this.select(decodeURIComponent(location.hash.slice(1)));
  }

  select(id) {
    const shape = this.modeler.get('elementRegistry').get(id);
    if (!shape) return;
    this.modeler.get('canvas').scrollToElement(shape);
    this.modeler.get('selection').select(shape);
    this.show('settings');
  }

  // Asks the server to read or write a sentence; nothing without network.
  async sentence(asked) {
    const headers = { ...this.headers, 'Content-Type': 'application/json' };
    const answer = await this.request(this.addresses.sentences, { method: 'POST', headers, body: JSON.stringify(asked) });
    return answer?.ok || answer?.status === 422 ? answer.json() : undefined;
  }
}
