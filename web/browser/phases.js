// Phases: sub-processes that have a picture of their own. One picture is open at a time; the path above the drawing leads
// back up. bpmn-js makes the button that opens a phase and the path.
import { openPhase } from './pictures.js';
import { giveRoom, lookAt } from './tools.js';

export function connectPhases(viewer, section, marks) {
  const crumbs = section.querySelector('[data-crumbs]');
  const path = viewer.get('canvas').getContainer().querySelector('.bjs-breadcrumbs');
  crumbs.append(path);
  // The button or link that was used disappears with its picture; whoever used it goes on at the name of the new one.
  let used = false;
  section.addEventListener('click', ({ target }) => {
    used = Boolean(target.closest('.bjs-drilldown, .bjs-crumb, [data-open]'));
  }, true);
  viewer.on('root.set', 100, () => {
    crumbs.hidden = path.childElementCount < 2;
    const here = path.querySelector('li:last-child .bjs-crumb');
    here?.setAttribute('aria-current', 'page');
    here?.setAttribute('tabindex', '-1');
    viewer.get('selection').select(null);
    giveRoom(viewer, section);
    lookAt(viewer, section, marks.active);
    const next = crumbs.hidden ? section.querySelector('.djs-container > svg') : here;
    if (used) next?.focus({ preventScroll: true });
    used = false;
  });
  viewer.on('element.dblclick', ({ element }) => openPhase(viewer, element.id));
}
