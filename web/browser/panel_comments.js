// Comments at the selected element: the server draws them; how many are open stands at each element.
import { node } from './panel_parts.js';

export function showComments(panel, place) {
  const counted = async () => {
    const found = await load(panel, `${panel.addresses.counts}?${new URLSearchParams({ file: panel.path })}`);
    if (found) drawCounts(panel, JSON.parse(found));
  };
  const show = (html) => {
    place.innerHTML = html;
    panel.count('comments', place.querySelectorAll('.draft-comment:not(.is-done)').length || '');
  };
  place.addEventListener('submit', async (event) => {
    event.preventDefault();
    const said = await send(panel, event.target);
    if (said.html === undefined) { refuse(event.target, said.wrong || panel.words.comments.failed); return; }
    show(said.html);
    counted();
  });
  counted();
  panel.modeler.on('import.done', counted);
  return async (element) => {
    if (!element) { place.replaceChildren(node('p', panel.words.choose_element, 'quiet')); panel.count('comments', ''); return; }
    const at = new URLSearchParams({ file: panel.path, element: element.id, named: element.get('name') });
    const html = await load(panel, `${panel.addresses.comments}?${at}`);
    if (panel.element?.id !== element.id) return;
    if (html === undefined) place.replaceChildren(node('p', panel.words.comments.failed, 'quiet'));
    else show(html);
  };
}

async function load(panel, url) {
  const answer = await panel.request(url, { cache: 'no-store' });
  return answer?.ok ? answer.text() : undefined;
}

// What was typed stays where it is if it could not be kept.
async function send(panel, form) {
  const answer = await panel.request(form.action, { method: 'POST', body: new FormData(form) });
  const text = await answer?.text();
  return answer?.ok ? { html: text } : { wrong: answer?.status === 422 ? text : '' };
}

function refuse(form, wrong) {
  form.querySelector('.field-error')?.remove();
  const said = node('small', wrong, 'field-error');
  said.setAttribute('role', 'alert');
  form.append(said);
}

function drawCounts(panel, counts) {
  const overlays = panel.modeler.get('overlays');
  const registry = panel.modeler.get('elementRegistry');
  overlays.remove({ type: 'comments' });
  for (const [id, count] of Object.entries(counts)) {
    const shape = registry.get(id);
    if (!shape) continue;
    const badge = node('button', `${panel.words.comments.short} ${count}`, 'comment-count');
    Object.assign(badge, { type: 'button', title: panel.words.comments.open });
    badge.setAttribute('aria-label', `${panel.words.comments.open}: ${count}`);
    badge.addEventListener('click', () => { panel.select(id); panel.show('comments'); });
    const position = shape.waypoints ? { top: 0, left: 0 } : { top: -13, left: -8 };
    overlays.add(shape, 'comments', { position, html: badge, show: { minZoom: 0.3 } });
  }
}
