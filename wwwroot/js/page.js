// What a page asks of the browser; called by Components/PageScript.cs.
export function markInteractive() {
  const page = document.documentElement;
  const mark = () => { if (!('interactive' in page.dataset)) page.dataset.interactive = ''; };
  mark();
  // An enhanced navigation that was on its way (a page that completes its own address) takes the mark off again.
  new MutationObserver(mark).observe(page, { attributeFilter: ['data-interactive'] });
  // The next page most likely draws: its chart need not wait for scripts then. Without them it asks again, and says what it lacks.
  const idle = window.requestIdleCallback ?? (work => setTimeout(work, 200));
  idle(() => import('./chart.js').then(chart => chart.load()).catch(failure => console.warn(`The chart library did not come ahead: ${failure.message}`)));
}

export async function copy(text) {
  // Only a secure origin (https or this machine) has the clipboard interface.
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch { /* refused: try the old way */ }
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  document.body.append(area);
  area.select();
  try {
    return document.execCommand('copy');
  } finally {
    area.remove();
  }
}

export async function save(fileName, mediaType, stream) {
  const address = URL.createObjectURL(new Blob([await stream.arrayBuffer()], { type: mediaType }));
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
