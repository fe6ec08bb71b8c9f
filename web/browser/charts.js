// Draws the charts of a page. The macro in chart.html writes what this reads; its table says the same, so the drawing
// itself is hidden from screen readers. SVG, no eval, no style in markup: the content-security policy stays as it is.
import { BarChart, HeatmapChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { optionsOf } from './chart_kinds.js';
import { colours, font } from './chart_colours.js';

use([BarChart, HeatmapChart, LineChart, ScatterChart, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

const PAPER = 660;
const drawn = new Map();
const resized = new ResizeObserver((entries) => entries.forEach(({ target }) => drawn.get(target)?.fit()));
// Many charts on a page: each is drawn when it scrolls near.
const near = new IntersectionObserver(
  (seen) => seen.filter((entry) => entry.isIntersecting).forEach(({ target }) => draw(target)),
  { rootMargin: '400px' },
);
drawAll(document);
document.addEventListener('htmx:afterSwap', () => {
  for (const place of drawn.keys()) if (!place.isConnected) forget(place);
  drawAll(document);
});
for (const wish of ['(prefers-color-scheme: dark)', '(prefers-reduced-motion: reduce)']) {
  window.matchMedia(wish).addEventListener('change', () => drawn.forEach((each) => each.paint()));
}
window.addEventListener('beforeprint', () => {
  document.querySelectorAll('[data-chart]').forEach(draw);
  drawn.forEach((each) => each.fit(PAPER));
});
window.addEventListener('afterprint', () => drawn.forEach((each) => each.fit()));

function drawAll(within) {
  within.querySelectorAll('[data-chart]').forEach((place) => near.observe(place));
}

function draw(place) {
  near.unobserve(place);
  if (drawn.has(place)) return;
  const data = JSON.parse(place.querySelector('[data-chart-data]').textContent);
  const canvas = place.querySelector('[data-chart-drawing]');
  canvas.hidden = false;
  const chart = init(canvas, null, { renderer: 'svg', width: canvas.clientWidth || PAPER, height: 10 });
  const paint = (width = canvas.clientWidth, onPaper = false) => {
    const { height, ...options } = optionsOf(data, { width, colours: colours(onPaper) });
    chart.resize({ width, height });
    chart.setOption({ animation: false, textStyle: { fontFamily: font() }, ...options }, { notMerge: true });
  };
  let last = 0;
  const fit = (width = 0) => {
    const now = width || canvas.clientWidth;
    if (!now || (now === last && !width)) return;
    last = now;
    paint(now, Boolean(width));
  };
  chart.on('click', ({ data: point }) => {
    if (point?.url) window.location.assign(point.url);
  });
  drawn.set(place, { fit, paint, end: () => chart.dispose() });
  fit();
  resized.observe(place);
}

function forget(place) {
  resized.unobserve(place);
  drawn.get(place).end();
  drawn.delete(place);
}
