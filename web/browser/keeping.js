// Keeps the diagram while it is drawn: a moment after each change, one save at a time.
import { keepDraft } from './draft_file.js';

const PAUSE = 800;

export function keepChanges(modeler, section, file) {
  const state = section.querySelector('[data-kept]');
  const words = JSON.parse(section.querySelector('[data-words]').textContent);
  let timer;
  let saving = false;
  let again = false;
  let stopped = false;

  const say = (name, more) => { state.textContent = more ?? words[name]; section.dataset.kept = name; };

  const save = async () => {
    if (stopped) return;
    if (saving) { again = true; return; }
    saving = true;
    say('keeping');
    try {
      const { xml } = await modeler.saveXML({ format: true });
      const { state: how, said } = await keepDraft(file, xml);
      say(how, said);
      stopped = how === 'overtaken';
    } catch {
      say('offline');
      timer = setTimeout(save, PAUSE * 6);
    }
    saving = false;
    if (again) { again = false; save(); }
  };

  modeler.on('commandStack.changed', () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
}
