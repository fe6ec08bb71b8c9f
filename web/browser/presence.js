// Tells the server now and then that the diagram is open here, and the person who else has it open.
import { sayOpen } from './draft_file.js';

const EVERY = 30_000;

export function tellWhoElse(section, file, keeping) {
  const place = section.querySelector('[data-others]');
  const ask = async () => {
    if (document.hidden) return;
    try {
      const asked = file.revision;
      const { state, others = [], overtaken } = await sayOpen(section.dataset.presence, file);
      place.hidden = !others.length;
      place.textContent = others.length ? keeping.words.others.replace('{names}', others.join('、')) : '';
      if (state === 'ended') keeping.say('ended');
      else if (overtaken && asked === file.revision && !keeping.saving && keeping.state === 'kept') keeping.say('overtaken', overtaken);
    } catch { /* no network: the keeping of changes says so */ }
  };
  ask();
  setInterval(ask, EVERY);
  document.addEventListener('visibilitychange', ask);
}
