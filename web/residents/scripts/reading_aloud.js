// Reading aloud: what stands in the page, in its language, from the heading on; a second press ends it.
for (const button of document.querySelectorAll('[data-read-aloud]')) {
  if (!('speechSynthesis' in window) || !('SpeechSynthesisUtterance' in window)) break;
  const words = button.textContent;
  const unread = 'script, style, [hidden], [aria-hidden=true], .skip, input, textarea, option, .no-read, ol.way .chip';
  const text = () => {
    const page = document.querySelector('main').cloneNode(true);
    for (const each of page.querySelectorAll(unread)) each.remove();
    for (const each of page.querySelectorAll('h1, h2, h3, p, li, dt, dd, time, label, legend, a, summary, button, small')) each.append('。');
    return page.textContent.replace(/\s+/g, ' ').replace(/(?:[。.]\s*)+/g, '。').trim();
  };
  const stop = () => { speechSynthesis.cancel(); button.textContent = words; button.setAttribute('aria-pressed', 'false'); };
  button.hidden = false;
  button.setAttribute('aria-pressed', 'false');
  button.addEventListener('click', () => {
    if (speechSynthesis.speaking) { stop(); return; }
    const parts = text().match(/[^。！？]+[。！？]?/g) ?? [];
    button.textContent = button.dataset.stop;
    button.setAttribute('aria-pressed', 'true');
    for (const [number, part] of parts.entries()) { // long texts are cut off by some browsers
      const said = new SpeechSynthesisUtterance(part);
      said.lang = document.documentElement.lang;
      said.rate = 0.9;
      if (number === parts.length - 1) said.onend = stop;
      speechSynthesis.speak(said);
    }
  });
  window.addEventListener('pagehide', () => speechSynthesis.cancel());
}
