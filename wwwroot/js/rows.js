// Keys of the table of runs; called by Components/RunBrowser/RunGrid.razor.cs.
const moves = new Set(['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', 'Escape']);
const acts = new Set([' ', 'x', 'X', 'Enter', 'ArrowLeft', 'ArrowRight']);

/** Tells owner (a .NET object) the keys that the table takes; what a box or a link of a row does with a key stays its own. */
export function attach(region, owner) {
  const grid = region.querySelector('table');
  region.addEventListener('keydown', event => {
    const all = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'a';
    if (!all && (event.ctrlKey || event.metaKey || event.altKey)) return;
    if (!all && !moves.has(event.key) && !(acts.has(event.key) && event.target === grid)) return;
    event.preventDefault();
    if (event.target !== grid) grid.focus({ preventScroll: true });
    owner.invokeMethodAsync('KeyAsync', all ? 'All' : event.key, event.shiftKey);
  });
}

/** Scrolls as little as brings a row into sight, below the head that stays. */
export function reveal(region, index, height) {
  const head = region.querySelector('thead').offsetHeight;
  const top = index * height;
  if (top < region.scrollTop) region.scrollTop = top;
  else if (head + top + height > region.scrollTop + region.clientHeight) region.scrollTop = head + top + height - region.clientHeight;
}
