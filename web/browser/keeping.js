// Keeps the diagram while it is drawn: a moment after each change, one save at a time. Until the server has it, it is put
// aside in the browser too, and offered again when the page is opened anew.
import { dropAside, findAside, putAside } from './aside.js';
import { keepDraft } from './draft_file.js';
import { APPROVAL, copyOf, download } from './files_made.js';

const PAUSE = 800;
const RETRY = 5000;
const WAITS = ['offline', 'logged out', 'somebody else']; // tried again when somebody comes back to the page
const FINAL = ['overtaken', 'ended'];

export default class Keeping {
  constructor(modeler, section, file, words) {
    Object.assign(this, { modeler, section, file, words, read: file.text });
    Object.assign(this, { state: 'kept', changes: 0, saved: 0, saving: false, formWanted: false, timer: undefined });
    modeler.on('commandStack.changed', ({ trigger }) => { if (trigger !== 'clear') this.changed(); });
    modeler.on('block.created', ({ block }) => { this.formWanted ||= block === 'approval' && Boolean(section.dataset.approval); });
    addEventListener('beforeunload', (event) => { if (this.unsaved) event.preventDefault(); });
    for (const back of ['online', 'focus']) addEventListener(back, () => { if (WAITS.includes(this.state)) this.save(); });
    this.say('kept', '');
  }

  get unsaved() {
    return this.changes > this.saved;
  }

  changed() {
    this.changes += 1;
    if (FINAL.includes(this.state)) {
      this.aside();
      this.say(this.state, this.said);
    } else {
      if (!WAITS.includes(this.state)) this.say('keeping');
      this.later(PAUSE);
    }
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  async aside() {
    const { xml } = await this.modeler.saveXML({ format: true });
    await putAside(this.file, xml);
    return xml;
  }

  async save() {
    clearTimeout(this.timer);
    if (this.saving || FINAL.includes(this.state)) return;
    this.saving = true;
    this.say('keeping');
    const sent = this.changes;
    await this.send(sent);
    this.saving = false;
    if (this.changes > sent) this.later(PAUSE);
  }

  async send(changes) {
    let xml;
    try {
      xml = await this.aside();
    } catch (problem) {
      console.warn(problem);
      this.say('refused', this.words.unwritable);
      return;
    }
    try {
      if (this.formWanted) await this.keepForm();
      const { state, said } = xml === this.file.text ? { state: 'kept' } : await keepDraft(this.file, xml);
      if (state === 'kept') {
        this.saved = changes;
        await dropAside(this.file);
      }
      this.say(state, said);
    } catch (problem) {
      if (!(problem instanceof TypeError)) console.warn(problem);
      this.say('offline');
      this.later(RETRY);
    }
  }

  // The form for approvals, unless the draft has one.
  async keepForm() {
    const { state } = await keepDraft({ url: this.section.dataset.approval, revision: 0 }, JSON.stringify(APPROVAL, null, 2));
    this.formWanted = !['kept', 'overtaken'].includes(state);
    if (!this.formWanted) delete this.section.dataset.approval;
  }

  say(state, said) {
    Object.assign(this, { state, said });
    for (const field of document.querySelectorAll('.diagram-files [name=revision]')) field.value = this.file.revision;
    this.section.dataset.kept = state;
    this.section.querySelector('[data-kept]').textContent = FINAL.includes(state) ? '' : said ?? this.words[state];
    if (state === 'overtaken') this.askOvertaken(said);
    else if (state === 'ended') this.trouble(this.words.ended, [this.ours()]);
  }

  askOvertaken(said) {
    this.trouble(said, [...(this.unsaved ? [this.ours(), this.asCopy()] : []), [this.words.theirs, () => this.reload()]]);
  }

  ours() {
    return [this.words.download, async () => download(this.section.dataset.name, await this.aside())];
  }

  asCopy() {
    return [this.words['as copy'], async () => {
      const text = await copyOf(this.modeler);
      const copy = { url: this.file.url.replace(/\.bpmn$/, `-${Date.now().toString(36)}.bpmn`), revision: 0 };
      const { state, said } = await keepDraft(copy, text);
      if (state === 'kept') await this.reload(copy.url.split('/files/')[1]);
      else this.trouble(said ?? this.words[state], [this.ours()]);
    }];
  }

  // What is on the server now; what was drawn here is given up knowingly.
  async reload(path) {
    this.saved = this.changes;
    await dropAside(this.file);
    const page = new URL(location.href);
    if (path) page.searchParams.set('file', decodeURIComponent(path));
    location.replace(page);
  }

  // What the editor could not read is lost by the first save.
  warn(lost) {
    if (!lost.length) return;
    this.trouble(this.words.lost.replace('{names}', lost.join(' ')), [
      [this.words.original, () => download(this.section.dataset.name, this.read)], [this.words.understood, () => this.trouble('')],
    ]);
  }

  // What an earlier visit could not keep.
  async offerAside() {
    const found = await findAside(this.file);
    if (!found) return;
    const when = new Date(found.at).toLocaleString(this.section.dataset.language === 'en' ? 'en' : 'zh-CN', { dateStyle: 'medium', timeStyle: 'short' });
    const since = found.revision !== this.file.revision;
    this.trouble((since ? this.words['aside since'] : this.words.aside).replace('{when}', when), [
      [this.words['take up'], () => this.takeUp(found)],
      [this.words.download, () => download(this.section.dataset.name, found.text)],
      [this.words.drop, async () => { await dropAside(this.file); this.trouble(''); }],
    ]);
  }

  async takeUp({ text, revision }) {
    await this.modeler.importXML(text);
    this.file.revision = revision;
    this.trouble('');
    this.changed();
  }

  // A sentence above the drawing, and what can be done.
  trouble(text, acts = []) {
    const place = this.section.querySelector('[data-trouble]');
    place.hidden = !text;
    place.replaceChildren(text, ...acts.map(([words, act]) => Object.assign(document.createElement('button'), {
      type: 'button', className: 'secondary outline small', textContent: words, onclick: act,
    })));
  }
}
