// The colours of charts: those of the page, light or dark; on paper always dark on white.
const NAMES = ['text', 'quiet', 'line', 'soft', 'raised', 'accent', 'accent-soft', 'late', 'late-soft', 'soon', 'soon-soft', 'done', 'in-time'];
const ON_PAPER = { text: '#111', quiet: '#444', line: '#bbb', soft: '#eee', raised: '#fff', accent: '#0b6b64', 'accent-soft': '#dff2ef', late: '#b42318', 'late-soft': '#fdecea', soon: '#8a5300', 'soon-soft': '#fdf1dc', done: '#17693a', 'in-time': '#4e5b5e' };

// ECharts measures texts in the font that it is told, so the font is named.
export const font = () => getComputedStyle(document.body).fontFamily;

export function colours(onPaper) {
  if (onPaper) return ON_PAPER;
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim() || ON_PAPER[name]]));
}
