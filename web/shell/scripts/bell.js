// The bell: asks every half minute, while the page is looked at, how much work there is.
// The answer is {"open": all my open tasks, "newest": the largest id among them, "called": comments that call me}.
import { ask } from './asking.js';

const bell = document.querySelector('[data-bell]');
if (bell) {
  const title = document.title;
  const kept = (name) => { try { return Number(localStorage.getItem(name)); } catch { return 0; } };
  const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private window */ } };
  const show = (element, count) => { element.hidden = !count; element.textContent = count > 99 ? '99+' : count; };
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await ask(`${bell.dataset.bell}?since=${kept('bihuan-seen')}`, { headers: { Accept: 'application/json' } });
      if (!answer.ok) return;
      const { open, fresh = 0, newest = 0, called = 0 } = await answer.json();
      for (const element of document.querySelectorAll('[data-count]')) show(element, open);
      show(bell.querySelector('[data-new]'), fresh);
      document.title = fresh ? `(${fresh}) ${title}` : title;
      bell.setAttribute('aria-label', bell.dataset.words.replace('#', fresh));
      const calls = document.querySelector('[data-calls]');
      if (calls) {
        calls.hidden = !called;
        show(calls.querySelector('[data-called]'), called);
        calls.setAttribute('aria-label', calls.dataset.words.replace('#', called));
      }
      if (location.pathname === bell.pathname && newest) keep('bihuan-seen', newest);
    } catch { /* the next look will tell */ }
  };
  look();
  setInterval(look, 30000);
  document.addEventListener('visibilitychange', look);
}
