// Alarms on every open page, looked at or not: asks every ten seconds whether one calls the reader, and shows the
// banner, sounds and flashes the title until it is answered.
import { ask } from './asking.js';

const box = document.querySelector('[data-alarms]');

const ids = () => [...box.querySelectorAll('[data-alarm]')].map((each) => each.dataset.alarm);
const kept = (name) => { try { return sessionStorage.getItem(name); } catch { return null; } };
const keep = (name) => { try { sessionStorage.setItem(name, '1'); } catch { /* private window */ } };

const post = (address) => {
  const { 'X-CSRFToken': token } = JSON.parse(document.body.getAttribute('hx-headers'));
  return ask(address, { method: 'POST', headers: { 'X-CSRFToken': token } });
};

// ---- sound: two tones, again and again
let audio;
const sound = () => {
  audio ??= new AudioContext();
  if (audio.state !== 'running') { audio.resume().catch(() => {}); return; }
  [880, 660, 880].forEach((pitch, place) => {
    const tone = new OscillatorNode(audio, { type: 'square', frequency: pitch });
    const volume = new GainNode(audio, { gain: 0.15 });
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + place * 0.25);
    tone.stop(audio.currentTime + place * 0.25 + 0.2);
  });
};

// ---- the title
let own = '';
let on = false;
const flash = (said) => {
  if (!on) own = document.title;
  on = true;
  document.title = document.title === said ? own : said;
};
const calm = () => {
  if (on) document.title = own;
  on = false;
};

// Browsers allow sound and vibration once the page was touched.
const touched = () => navigator.userActivation?.hasBeenActive ?? true;

const beat = () => {
  const alarms = [...box.querySelectorAll('[data-alarm]')];
  if (!alarms.length) { calm(); return; }
  flash(alarms[0].dataset.title);
  if (touched() && alarms.some((each) => !kept(`bihuan-quiet-${each.dataset.alarm}`))) {
    sound();
    navigator.vibrate?.([300, 100, 300]);
  }
};

const shown = () => {
  for (const each of box.querySelectorAll('[data-alarm]')) {
    const { alarm, seen } = each.dataset;
    const quiet = each.querySelector('[data-quiet]');
    quiet.hidden = Boolean(kept(`bihuan-quiet-${alarm}`));
    quiet.addEventListener('click', () => { keep(`bihuan-quiet-${alarm}`); quiet.hidden = true; });
    if (document.hidden || kept(`bihuan-seen-${alarm}`)) continue;
    keep(`bihuan-seen-${alarm}`);
    post(seen).catch(() => { /* it only says that somebody has seen it */ });
  }
  beat();
};

const look = async () => {
  try {
    const answer = await ask(box.dataset.alarms);
    if (!answer.ok) return;
    const fresh = document.createElement('div');
    fresh.innerHTML = answer.status === 204 ? '' : await answer.text();
    const wanted = [...fresh.querySelectorAll('[data-alarm]')].map((each) => each.dataset.alarm);
    if (wanted.join() === ids().join()) return;
    box.replaceChildren(...fresh.childNodes);
    shown();
  } catch { /* the next look will tell */ }
};

if (box) {
  shown();
  setInterval(look, 10000);
  setInterval(beat, 1500);
  document.addEventListener('visibilitychange', () => { look(); shown(); });
}
