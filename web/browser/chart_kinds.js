// What each kind of chart looks like, as options of ECharts; `data` is written by web/shared/charts.py.
const NARROW = 560;
const KINDS = { control, funnel, bars, heat, curves, profile, months };

export function optionsOf(data, view) {
  return KINDS[data.kind](data, { ...view, narrow: view.width < NARROW });
}

// ---- numbers in words ----

export function said(value, unit) {
  if (value === null || value === undefined) return '–';
  if (unit === 'share') return `${(value * 100).toFixed(1)}%`;
  if (unit === 'hours') return value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString();
  if (unit === 'rate') return value.toFixed(2);
  return Number.isInteger(value) ? value.toLocaleString() : value.toFixed(1);
}

function onAxis(value, unit) {
  return unit === 'share' ? `${Math.round(value * 1000) / 10}%` : said(value, unit === 'rate' && value >= 10 ? 'count' : unit);
}

// ---- parts ----

function base({ colours }, { left = 8, right = 16, top = 14, bottom = 6 } = {}) {
  return {
    grid: { left, right, top, bottom, containLabel: true },
    tooltip: { renderMode: 'richText', confine: true, backgroundColor: colours.raised, borderColor: colours.line, borderWidth: 1, padding: 8, textStyle: { color: colours.text, fontSize: 13 }, transitionDuration: 0 },
  };
}

function axis({ colours }, more) {
  return {
    axisLine: { lineStyle: { color: colours.line } },
    axisTick: { show: false },
    axisLabel: { color: colours.quiet, fontSize: 12, hideOverlap: true, ...more.axisLabel },
    splitLine: { show: more.type === 'value', lineStyle: { color: colours.line, opacity: 0.5 } },
    nameTextStyle: { color: colours.quiet, fontSize: 12 },
    ...Object.fromEntries(Object.entries(more).filter(([name]) => name !== 'axisLabel')),
  };
}

const legend = ({ colours }) => ({ top: 0, left: 0, itemWidth: 18, itemHeight: 10, itemGap: 14, selectedMode: false, textStyle: { color: colours.text, fontSize: 12 } });

const line = (data, colour, more = {}) => ({ type: 'line', data, symbol: 'none', silent: true, lineStyle: { color: colour, width: 1, ...more.lineStyle }, ...Object.fromEntries(Object.entries(more).filter(([name]) => name !== 'lineStyle')) });

// ---- kinds ----

// A control chart: points, the centre, limits as steps, signals as red diamonds, the span that the baseline came from.
function control(data, view) {
  const { colours, narrow } = view;
  const { points, unit } = data;
  const names = points.map((each) => each.name);
  const span = points.map((each, at) => (each.baseline ? at : -1)).filter((at) => at >= 0);
  const drawn = points.map((each) => ({
    value: each.value,
    url: each.url,
    symbol: each.signal ? 'diamond' : 'circle',
    symbolSize: each.signal ? 13 : each.value === null ? 0 : 7,
    itemStyle: each.open ? { color: colours.raised, borderColor: colours.quiet, borderWidth: 1.5 } : { color: each.signal ? colours.late : colours.accent },
  }));
  const marks = [];
  if (data.target !== null && data.target !== undefined) marks.push({ yAxis: data.target, lineStyle: { color: colours.done, type: [2, 3], width: 1.5 }, label: { show: !data.small, formatter: `${data.words.target} ${onAxis(data.target, unit)}`, color: colours.done, position: narrow ? 'insideEndTop' : 'end', fontSize: 12 } });
  const options = base(view, { top: span.length ? 30 : 14, right: marks.length && !data.small && !narrow ? 76 : 16 });
  return {
    height: data.small ? 190 : narrow ? 260 : 320,
    ...options,
    tooltip: { ...options.tooltip, trigger: 'axis', formatter: ([first]) => tell(points[first.dataIndex], data) },
    xAxis: axis(view, { type: 'category', data: names, boundaryGap: false }),
    yAxis: axis(view, { type: 'value', min: data.least ?? null, max: data.most ?? null, scale: true, axisLabel: { formatter: (value) => onAxis(value, unit) } }),
    series: [
      line(points.map((each) => each.high ?? null), colours.late, { step: 'middle', lineStyle: { type: 'dashed' }, markArea: span.length ? { silent: true, itemStyle: { color: colours.soft }, label: { color: colours.quiet, fontSize: 12, position: 'top' }, data: [[{ name: data.words.baseline, xAxis: names[span[0]] }, { xAxis: names[span.at(-1)] }]] } : undefined }),
      line(points.map((each) => each.low ?? null), colours.late, { step: 'middle', lineStyle: { type: 'dashed' } }),
      line(points.map((each) => each.centre ?? null), colours.quiet, { step: 'middle' }),
      line(points.map(() => data.target ?? null), colours.done, { lineStyle: { opacity: 0 } }), // so that the axis reaches it
      { type: 'line', data: drawn, showAllSymbol: true, connectNulls: false, cursor: 'pointer', lineStyle: { color: colours.accent, width: 1.5 }, z: 5, markLine: marks.length ? { silent: true, symbol: 'none', data: marks } : undefined },
    ],
  };
}

function tell(point, { unit, words }) {
  const lines = [`${point.long ?? point.name}：${said(point.value, unit)}`, point.n];
  if (point.high !== null && point.high !== undefined) lines.push(`${words.usual} ${said(point.low, unit)} – ${said(point.high, unit)}`);
  return lines.concat(point.signal ?? []).filter(Boolean).join('\n');
}

// A funnel: every place by its size, and the limits in which chance alone keeps it. Only what is outside has its name.
function funnel(data, view) {
  const { colours, narrow } = view;
  const { unit } = data;
  const of = { within: colours['in-time'], notable: colours.soon, outlying: colours.late };
  const limit = (name, colour, type) => line(data.limits.map((each) => [each.size, each[name]]), colour, { lineStyle: { type } });
  const options = base(view, { top: 24, bottom: 22, right: narrow ? 16 : 60 });
  return {
    height: narrow ? 320 : 400,
    ...options,
    tooltip: { ...options.tooltip, trigger: 'item', formatter: ({ data: point }) => (point.told ? point.told.join('\n') : '') },
    xAxis: axis(view, { type: 'value', name: data.words.size, nameLocation: 'middle', nameGap: 28, min: 0 }),
    yAxis: axis(view, { type: 'value', scale: true, min: data.least ?? null, max: data.most ?? null, axisLabel: { formatter: (value) => onAxis(value, unit) } }),
    series: [
      limit('high998', colours.late, 'dashed'), limit('low998', colours.late, 'dashed'), limit('high95', colours.soon, 'dotted'), limit('low95', colours.soon, 'dotted'),
      line(data.limits.map((each) => [each.size, data.centre]), colours.quiet),
      {
        type: 'scatter',
        cursor: 'pointer',
        z: 5,
        data: data.points.map((each) => ({ value: [each.size, each.value], url: each.url, told: each.told, name: each.name, symbol: each.standing === 'within' ? 'circle' : 'diamond', symbolSize: each.standing === 'within' ? 9 : 14, itemStyle: { color: of[each.standing] }, label: { show: each.standing !== 'within', formatter: each.name, position: 'top', color: colours.text, fontSize: 12 } })),
      },
    ],
  };
}

// Bars beside each other, the longest first where the page says so; `share`: of all so far, as a Pareto chart says it.
function bars(data, view) {
  const { colours, narrow } = view;
  const { rows, unit } = data;
  const most = Math.max(...rows.map((each) => each.value), 0);
  const options = base(view, { right: narrow ? 88 : 110 });
  const of = { late: colours.late, soon: colours.soon, done: colours.done, plain: colours.accent, quiet: colours.quiet };
  return {
    height: Math.max(80, rows.length * (narrow ? 38 : 30) + 20),
    ...options,
    tooltip: { ...options.tooltip, trigger: 'item', formatter: ({ dataIndex }) => [rows[dataIndex].long ?? rows[dataIndex].name, ...(rows[dataIndex].told ?? [])].join('\n') },
    xAxis: axis(view, { type: 'value', max: most || 1, show: false }),
    yAxis: axis(view, { type: 'category', inverse: true, data: rows.map((each) => each.name), axisLine: { show: false }, axisLabel: { width: narrow ? view.width * 0.36 : 240, overflow: narrow ? 'break' : 'truncate', lineHeight: 14, color: colours.text } }),
    series: [{
      type: 'bar', barMaxWidth: 18, cursor: 'pointer',
      data: rows.map((each) => ({ value: each.value, url: each.url, itemStyle: { color: of[each.state ?? 'plain'], borderRadius: 3 }, label: { show: true, position: 'right', color: colours.quiet, fontSize: 12, formatter: each.share === undefined ? said(each.value, unit) : `${said(each.value, unit)} · ${Math.round(each.share * 100)}%` } })),
    }],
  };
}

// Weekday by hour: the darker, the more.
function heat(data, view) {
  const { colours, narrow } = view;
  const options = base(view, { right: 6, top: 4 });
  return {
    height: narrow ? 250 : 280,
    ...options,
    tooltip: { ...options.tooltip, trigger: 'item', formatter: ({ data: cell }) => cell.told.join('\n') },
    xAxis: axis(view, { type: 'category', data: data.columns, splitArea: { show: false }, axisLabel: { interval: narrow ? 5 : 1 } }),
    yAxis: axis(view, { type: 'category', inverse: true, data: data.rows, axisLine: { show: false } }),
    series: [{ type: 'heatmap', data: data.cells.map((each) => ({ value: [each.column, each.row, each.value], told: each.told, url: each.url, itemStyle: { color: colours.accent, opacity: each.value / (data.most || 1), ...(each.state === 'late' ? { borderColor: colours.late, borderWidth: 2 } : {}) } })) }],
  };
}

// How many are over by when: one step line a series.
function curves(data, view) {
  const { colours, narrow } = view;
  const of = [colours.accent, colours.soon, colours.late, colours.done, colours.quiet];
  const options = base(view, { top: 40, bottom: 22, right: 44 });
  return {
    height: narrow ? 290 : 340,
    ...options,
    legend: legend(view),
    tooltip: { ...options.tooltip, trigger: 'axis', formatter: (all) => [`${said(all[0].value[0], 'hours')} ${data.words.hours}`, ...all.map(({ seriesName, value }) => `${seriesName}：${said(value[1], 'share')}`)].join('\n') },
    xAxis: axis(view, { type: 'value', min: 0, max: data.most, name: data.words.hours, nameLocation: 'middle', nameGap: 28 }),
    yAxis: axis(view, { type: 'value', min: 0, max: 1, axisLabel: { formatter: (value) => onAxis(value, 'share') } }),
    series: data.series.map((each, at) => ({ type: 'line', name: each.name, step: 'end', symbol: 'none', data: each.steps, lineStyle: { color: of[at % of.length], width: 2, type: at % 2 ? 'dashed' : 'solid' }, itemStyle: { color: of[at % of.length] }, markLine: at ? undefined : { silent: true, symbol: 'none', lineStyle: { color: colours.quiet, type: [2, 3] }, label: { color: colours.quiet, fontSize: 11, formatter: ({ value }) => onAxis(value, 'share'), position: 'end' }, data: [{ yAxis: 0.5 }, { yAxis: 0.9 }] } })),
  };
}

// The hours of a day: bars of what came and went, lines of how many people were there and would be needed.
function profile(data, view) {
  const { colours, narrow } = view;
  const look = { came: colours.accent, went: colours.done, there: colours.quiet, needed: colours.late };
  const options = base(view, { top: narrow ? 56 : 48 });
  const bar = (name) => ({ type: 'bar', name: data.words[name], data: data[name], barGap: '10%', itemStyle: { color: look[name], opacity: name === 'went' ? 0.65 : 1 } });
  const people = (name) => ({ type: 'line', name: data.words[name], yAxisIndex: 1, step: 'middle', symbol: 'none', data: data[name], lineStyle: { color: look[name], width: 2, type: name === 'needed' ? 'dashed' : 'solid' }, itemStyle: { color: look[name] } });
  return {
    height: narrow ? 300 : 350,
    ...options,
    legend: legend(view),
    tooltip: { ...options.tooltip, trigger: 'axis', formatter: (all) => [data.columns[all[0].dataIndex], ...all.map(({ seriesName, value }) => `${seriesName}：${said(value, 'count')}`)].join('\n') },
    xAxis: axis(view, { type: 'category', data: data.columns, axisLabel: { interval: narrow ? 5 : 1 } }),
    yAxis: [axis(view, { type: 'value', minInterval: 1, name: narrow ? '' : data.words.work, nameTextStyle: { color: colours.quiet, fontSize: 12, align: 'left' } }), axis(view, { type: 'value', name: narrow ? '' : data.words.people, splitLine: { show: false } })],
    series: [bar('came'), bar('went'), ...['there', 'needed'].filter((name) => data[name].some(Boolean)).map(people)],
  };
}

// Two columns a month: how many came, and how many were late.
function months(data, view) {
  const { colours } = view;
  const look = { came: colours.accent, late: colours.late };
  const options = base(view, { top: 40 });
  return {
    height: 240,
    ...options,
    legend: legend(view),
    tooltip: { ...options.tooltip, trigger: 'axis', formatter: (all) => [data.columns[all[0].dataIndex], ...all.map(({ seriesName, value }) => `${seriesName}：${said(value, 'count')}`)].join('\n') },
    xAxis: axis(view, { type: 'category', data: data.columns }),
    yAxis: axis(view, { type: 'value', minInterval: 1 }),
    series: ['came', 'late'].map((name) => ({ type: 'bar', name: data.words[name], data: data[name], barGap: '10%', barMaxWidth: 22, itemStyle: { color: look[name] } })),
  };
}
