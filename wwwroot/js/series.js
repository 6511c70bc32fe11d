// Fetches the numbers of charts that have a source: blocks as Curves/SeriesBlock.cs describes them.

/** Puts the numbers of its source into a spec; only lines whose key is new are fetched. */
export async function fill(chart, spec) {
  if (!spec.source) return;
  const { url, lines } = spec.source;
  chart.held ??= new Map(); // id → { key, x, columns }
  chart.fetching?.abort();
  const wanted = lines.filter(line => chart.held.get(line.id)?.key !== line.key).map(line => line.id);
  if (wanted.length > 0) {
    chart.fetching = new AbortController();
    const block = await fetchBlock(wanted.length < lines.length ? `${url}&only=${wanted.join('.')}` : url, chart.fetching.signal);
    // Overtaken by a later zoom.
    if (!block) return;
    for (const line of lines) if (block.has(line.id)) chart.held.set(line.id, { ...block.get(line.id), key: line.key });
  }
  const ids = new Set(lines.map(line => line.id));
  for (const id of chart.held.keys()) if (!ids.has(id)) chart.held.delete(id);
  spec.data.forEach((trace, i) => {
    const { x = [], columns = [[]] } = chart.held.get(lines[i].id) ?? {};
    trace.x = x;
    trace.y = columns[0];
    if (columns.length > 1) trace.customdata = Array.from(x, (_, point) => columns.slice(1).map(column => column[point]));
  });
}

/** Stops what is on its way to a chart that is gone. */
export function forget(chart) {
  chart.fetching?.abort();
  clearTimeout(chart.settling);
}

async function fetchBlock(url, signal) {
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error((await response.json().catch(() => null))?.error ?? `the server answered ${response.status}`);
    return read(await response.arrayBuffer());
  } catch (error) {
    if (signal.aborted) return null;
    throw new Error(`The curves did not arrive: ${error.message}`);
  }
}

function read(buffer) {
  const view = new DataView(buffer);
  const number = at => view.getUint32(at, true);
  const filled = length => Math.ceil(length / 8) * 8;
  const lines = new Map();
  let at = 16;
  for (let left = number(8); left > 0; left--) {
    const [points, columns, length] = [number(at), number(at + 4), number(at + 8)];
    const id = new TextDecoder().decode(new Uint8Array(buffer, at + 16, length));
    at += 16 + filled(length);
    const x = new Float64Array(buffer, at, points);
    at += 8 * points;
    lines.set(id, { x, columns: Array.from({ length: columns }, (_, k) => new Float32Array(buffer, at + 4 * points * k, points)) });
    at += filled(4 * points * columns);
  }
  return lines;
}
