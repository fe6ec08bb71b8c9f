// "Mend it": what has one safe answer is shown in words, done, and can be taken back.
import { button, node } from './panel_parts.js';

export function mendButton(panel) {
  const words = panel.words.mending;
  const box = node('div', '', 'mending');
  box.append(button(words.mend, () => preview(panel, box)));
  return box;
}

async function preview(panel, box) {
  const words = panel.words.mending;
  const { xml } = await panel.modeler.saveXML({ format: true });
  const found = await mended(panel, xml);
  if (!found?.done?.length) { box.replaceChildren(node('p', found?.said ?? words.failed, 'quiet')); return; }
  const list = node('ul');
  list.append(...found.done.map(({ name, said }) => node('li', `${name}: ${said}`)));
  box.replaceChildren(
    node('p', words.would), list,
    button(words['do it'], () => put(panel, found.text, xml), 'small'),
    button(words.leave, () => box.replaceChildren(button(words.mend, () => preview(panel, box)))),
  );
}

async function mended(panel, xml) {
  const answer = await panel.request(panel.addresses.mend, { method: 'POST', headers: panel.headers, body: xml });
  return answer?.ok || answer?.status === 422 ? answer.json() : undefined;
}

async function put(panel, text, before) {
  const words = panel.words.mending;
  await replace(panel.modeler, text);
  const undo = button(words.undo, async () => {
    await replace(panel.modeler, before);
    panel.notice();
  });
  panel.notice(words.done, undo);
}

// Kept like any other change: whoever keeps the diagram hears of it by the same event.
async function replace(modeler, text) {
  const { x, y, width, height } = modeler.get('canvas').viewbox();
  await modeler.importXML(text);
  modeler.get('canvas').viewbox({ x, y, width, height });
  modeler.get('eventBus').fire('commandStack.changed', { trigger: 'execute' });
}
