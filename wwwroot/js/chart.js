// Draws what Figures/PlotlySpec.cs describes. Decides nothing: colours come from tokens.css, everything else from C#.
import { fill, forget } from './series.js';
import { follow } from './crosshair.js';

const charts = new Map(); // element → { spec, owner, observer, listening }
const settled = 150; // ms without another change, after which a zoom is told
let library;

/** Draws or redraws; owner (a .NET object, or null) hears of clicked points. */
export async function draw(element, spec, owner) {
  let chart = charts.get(element);
  if (!chart) {
    chart = { observer: new ResizeObserver(() => fit(element)) };
    charts.set(element, chart);
    chart.observer.observe(element);
  }
  chart.spec = spec;
  chart.owner = owner;
  // What is drawn stays until the new numbers are there.
  await Promise.all([load(), document.fonts.ready, fill(chart, spec)]);
  // Disposed, or asked for something newer, while the library was on its way.
  if (charts.get(element) === chart && chart.spec === spec) await render(element, chart);
}

export function dispose(gone) {
  for (const [element, chart] of charts) {
    // The element may have left the page before this call came, and is null then.
    if (element !== gone && element.isConnected) continue;
    chart.observer.disconnect();
    forget(chart);
    charts.delete(element);
    window.Plotly?.purge(element);
  }
}

/**
 * Downloads the chart as png or svg: on white, light theme, Arial, whatever the page looks like, zoomed as it is.
 * Everything in it is enlarged by zoom, so that a large picture does not have small print.
 */
export async function image(element, format, width, height, zoom, fileName, title) {
  const { spec } = charts.get(element);
  await load();
  const probe = document.createElement('div');
  probe.dataset.theme = 'light';
  probe.hidden = true;
  document.body.append(probe);
  try {
    const style = getComputedStyle(probe);
    const paper = { '--surface': '#ffffff', '--surface-raised': '#ffffff', '--font': 'Arial, Helvetica, sans-serif' };
    const figure = resolve(spec, token => paper[token] ?? style.getPropertyValue(token).trim());
    const size = { width: Math.round(width / zoom), height: Math.round(height / zoom) };
    const layout = { ...figure.layout, ...size, paper_bgcolor: '#ffffff', plot_bgcolor: '#ffffff', autosize: false };
    for (const name of ['xaxis', 'yaxis']) {
      const { range, tickmode } = element._fullLayout[name];
      layout[name] = { ...layout[name], range: [...range], tickmode };
    }
    if (spec.legend) layout.showlegend = true;
    if (title) {
      layout.title = { text: title, x: 0.01, xanchor: 'left', font: { size: 14, color: style.getPropertyValue('--ink').trim() } };
      layout.margin = { ...layout.margin, t: 42 };
    }
    let address = await window.Plotly.toImage({ data: figure.data, layout, config: figure.config }, { format, ...size, scale: format === 'png' ? 3 * zoom : 1 });
    if (format === 'svg') {
      const text = decodeURIComponent(address.slice(address.indexOf(',') + 1));
      const sized = text.replace(`width="${size.width}" height="${size.height}"`, `width="${width}" height="${height}"`);
      address = 'data:image/svg+xml,' + encodeURIComponent(sized);
    }
    const link = document.createElement('a');
    link.href = address;
    link.download = fileName;
    link.click();
  } finally {
    probe.remove();
  }
}

/** Brings the chart library in, once; after a failure it is tried again. */
export function load() {
  library ??= new Promise((resolved, rejected) => {
    const script = document.createElement('script');
    script.src = new URL('../lib/plotly-cartesian.min.js', import.meta.url);
    script.onload = resolved;
    script.onerror = () => {
      library = undefined;
      rejected(new Error('the chart library /lib/plotly-cartesian.min.js did not load'));
    };
    document.head.append(script);
  });
  return library;
}

async function render(element, chart) {
  const style = getComputedStyle(document.documentElement);
  const figure = resolve(chart.spec, token => style.getPropertyValue(token).trim());
  // A finger scrolls the page; only a mouse drags a zoom.
  figure.layout.dragmode = matchMedia('(pointer: coarse)').matches ? false : 'zoom';
  await window.Plotly.react(element, figure.data, figure.layout, figure.config);
  if (charts.get(element) !== chart || chart.listening) return readable(element);
  chart.listening = true;
  element.on('plotly_relayout', change => {
    readable(element);
    if (chart.spec.source) zoomed(element, chart, change);
  });
  element.on('plotly_doubleclick', () => {
    if (chart.spec.source) chart.owner?.invokeMethodAsync('ZoomedAsync', null, null);
  });
  follow(element, chart, charts);
  element.on('plotly_click', event => {
    const id = event.points[0]?.customdata;
    if (id && chart.owner) chart.owner.invokeMethodAsync('PointClickedAsync', id);
  });
  return readable(element);
}

// Tells what was zoomed to by hand, once it has settled; the page then asks for numbers as fine as that.
function zoomed(element, chart, change) {
  const touched = name => Object.keys(change).some(key => key.startsWith(name + '.range') || key.startsWith(name + '.autorange'));
  chart.x ||= touched('xaxis');
  chart.y ||= touched('yaxis');
  clearTimeout(chart.settling);
  if (!chart.x && !chart.y) return;
  chart.settling = setTimeout(() => {
    const [x, y] = [chart.x && ends(element._fullLayout.xaxis), chart.y && ends(element._fullLayout.yaxis)];
    chart.x = chart.y = false;
    chart.owner?.invokeMethodAsync('ZoomedAsync', x || null, y || null);
  }, settled);
}

// What an axis shows, in the data's own units.
function ends(axis) {
  return [...axis.range].sort((a, b) => a - b).map(value => (axis.type === 'log' ? 10 ** value : value));
}

// Zoomed in below two of the given ticks, plotly's own take over; zoomed out, the given ones are back.
async function readable(element) {
  const change = {};
  for (const name of ['xaxis', 'yaxis']) {
    const axis = element._fullLayout?.[name];
    const given = charts.get(element)?.spec.layout[name].tickvals;
    if (!axis || !given) continue;
    const [low, high] = [...axis.range].sort((a, b) => a - b);
    const seen = given.map(value => (axis.type === 'log' ? Math.log10(value) : value)).filter(value => value >= low && value <= high);
    const mode = seen.length >= 2 ? 'array' : 'auto';
    if (axis.tickmode !== mode) change[name + '.tickmode'] = mode;
  }
  if (Object.keys(change).length > 0) await window.Plotly.relayout(element, change);
}

function fit(element) {
  // A hidden tab has no width; it is drawn when it gets one.
  if (element.offsetWidth > 0 && element._fullLayout) window.Plotly.Plots.resize(element);
}

// A copy (plotly writes into what it is given) with token names replaced by their values, wherever a colour or a
// font family stands; nulls left out.
function resolve(node, value, isColor = false) {
  // Numbers of a source: plotly reads them where they are.
  if (ArrayBuffer.isView(node)) return node;
  if (Array.isArray(node)) return typeof node[0] === 'number' && !isColor ? [...node] : node.map(item => resolve(item, value, isColor));
  if (node !== null && typeof node === 'object') {
    return Object.fromEntries(Object.entries(node).filter(([, item]) => item !== null)
      .map(([key, item]) => [key, resolve(item, value, /color$|^colorscale$|^family$/.test(key))]));
  }
  return isColor && typeof node === 'string' && node.startsWith('--') ? value(node) : node;
}

new MutationObserver(() => {
  for (const [element, chart] of charts) if (window.Plotly && element._fullLayout) render(element, chart);
}).observe(document.documentElement, { attributeFilter: ['data-theme'] });
