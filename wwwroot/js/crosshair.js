// One vertical line through all charts with a source at the x under the mouse; the page hears of it and says the values there.

/** Follows the mouse over a chart. */
export function follow(element, chart, charts) {
  let told; // x told last
  let wanted = null; // x to be told
  let telling = false;

  // One message at a time: the next one has the x of then.
  const tell = async () => {
    if (telling) return;
    telling = true;
    try {
      while (wanted !== told && chart.owner) {
        told = wanted;
        await chart.owner.invokeMethodAsync('PointingAsync', told);
      }
    } catch { /* the connection is lost, which the page says by itself */ }
    telling = false;
  };
  const point = x => {
    if (x === null && wanted === null) return;
    for (const [other, { spec }] of charts) if (spec.source && other._fullLayout) mark(other, x);
    wanted = x;
    tell();
  };
  element.addEventListener('pointermove', event => {
    if (!chart.spec.source || !element._fullLayout) return;
    const axis = element._fullLayout.xaxis;
    const at = event.clientX - element.getBoundingClientRect().left - axis._offset;
    point(at >= 0 && at <= axis._length ? axis.p2d(at) : null);
  });
  element.addEventListener('pointerleave', () => { if (chart.spec.source) point(null); });
}

function mark(element, x) {
  let line = element.querySelector(':scope > .crosshair');
  const { xaxis, yaxis } = element._fullLayout;
  const at = x === null ? NaN : xaxis.d2p(x);
  if (!(at >= 0 && at <= xaxis._length)) return line?.remove();
  if (!line) {
    line = document.createElement('div');
    line.className = 'crosshair';
    element.append(line);
  }
  line.style.cssText = `left: ${xaxis._offset + at}px; top: ${yaxis._offset}px; height: ${yaxis._length}px`;
}
