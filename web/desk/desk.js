import '../shared/scripts/drafts.js';

// The desk without a mouse: Enter in a search searches or takes the result; it never submits the call.
const find = document.getElementById('find');
const field = (id) => document.getElementById(id);
const say = (element, what) => element.dispatchEvent(new Event(what, { bubbles: true }));

// Values filled in from a chosen household are replaced by the next one; typed values stay.
const lend = (name, value) => {
  const input = field(name);
  if (!input || (input.value && input.value !== input.dataset.lent)) return;
  input.value = input.dataset.lent = value;
};

const choose = (home) => {
  const { community = '', place = '', name = '', phone = '' } = home.dataset;
  const select = field('community');
  if (community && select && select.value !== community) {
    select.value = community;
    say(select, 'change');
  }
  lend('place_text', place);
  lend('person_name', name);
  if (field('phone')) field('phone').placeholder = phone;
};

field('homes')?.addEventListener('change', (event) => { if (event.target.name === 'household') choose(event.target); });

// A community other than the household's: the household is deselected.
field('community')?.addEventListener('change', (event) => {
  const home = document.querySelector('#homes [name=household]:checked');
  if (home?.value && home.dataset.community !== event.target.value) home.checked = false;
});

find?.addEventListener('keydown', (event) => {
  const homes = () => [...document.querySelectorAll('#homes [name=household]')];
  if (event.key === 'ArrowDown' && homes().length) {
    event.preventDefault();
    homes()[0].focus();
  }
  if (event.key !== 'Enter') return;
  event.preventDefault();
  const found = document.querySelector('#homes [data-for]');
  const first = homes()[0];
  if (found?.dataset.for !== find.value.trim()) say(find, 'search');
  else if (first?.value) {
    first.checked = true;
    say(first, 'change');
    field('text').focus();
  }
});

// Enter works in the list of households, too.
field('homes')?.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.target.name !== 'household') return;
  event.preventDefault();
  event.target.checked = true;
  say(event.target, 'change');
  field('text').focus();
});

field('category_find')?.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter') return;
  event.preventDefault();
  document.querySelector('#likely [data-category]')?.click();
});

field('likely')?.addEventListener('click', (event) => {
  const tapped = event.target.closest('[data-category]');
  if (!tapped) return;
  event.preventDefault();
  const select = field('category');
  select.value = tapped.dataset.category;
  say(select, 'change');
  for (const each of document.querySelectorAll('#likely [data-category]')) each.setAttribute('aria-pressed', String(each === tapped));
});

// A draft that was put back shows its households again; what was registered is no draft any more.
document.querySelector('form.desk')?.addEventListener('restored', () => { if (find?.value) say(find, 'search'); });
if (document.querySelector('[data-was-registered]')) {
  try {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith('bihuan-draft desk')) sessionStorage.removeItem(name);
  } catch { /* private window */ }
}
