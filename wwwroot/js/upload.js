// Sends files and pasted tables to the upload endpoint, one after the other; called by Components/Controls/UploadBox.razor.cs.
const logs = /(\.(csv|tsv|jsonl|json|txt|log|out|gz|zip)$)|tfevents/i; // what is taken out of a dropped folder
let attached; // { box, stop }

/** Makes the box live: it hears drops anywhere on the page, and tells owner (a .NET object) the ids of what was uploaded. */
export function attach(box, owner, limit, most) {
  const part = name => box.querySelector(`[data-${name}]`);
  const life = new AbortController();
  const on = (target, event, listener) => target.addEventListener(event, listener, { signal: life.signal });
  let running; // the request under way

  const tell = problem => {
    part('problem').textContent = problem;
    part('problem').hidden = !problem;
  };

  const upload = async files => {
    if (running || files.length === 0) return;
    tell('');
    if (files.length > most) return tell(`${files.length} files at once are too many; take up to ${most}. Nothing was sent.`);
    const large = files.find(file => file.size > limit);
    if (large) return tell(`“${large.name}” has ${size(large.size)}; one upload may have ${size(limit)}. Nothing was sent. Split the file, or start the server with a higher --upload-limit.`);
    running = new AbortController();
    part('progress').hidden = false;
    try {
      const ids = [];
      for (const [index, file] of files.entries()) {
        const which = files.length > 1 ? ` (${index + 1} of ${files.length})` : '';
        ids.push(await send(file, running.signal, sent => {
          part('bar').value = sent / Math.max(file.size, 1);
          part('status').textContent = sent < file.size ? `Sending ${file.name}${which}: ${size(sent)} of ${size(file.size)}` : `Storing ${file.name}${which}`;
        }));
      }
      part('text').value = '';
      await owner.invokeMethodAsync('StagedAsync', ids);
    } catch (error) {
      if (!life.signal.aborted) tell(error.message);
    } finally {
      running = undefined;
      part('progress').hidden = true;
      part('picker').value = '';
    }
  };

  on(part('picker'), 'change', event => upload([...event.target.files]));
  on(part('cancel'), 'click', () => running?.abort());
  on(part('send-text'), 'click', () => {
    const text = part('text').value;
    if (text.trim()) upload([new File([text], 'pasted table')]);
    else tell('There is no text to read yet. Paste a table with a header line.');
  });
  on(window, 'dragover', event => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    part('drop').dataset.over = '';
  });
  on(window, 'dragleave', event => { if (!event.relatedTarget) delete part('drop').dataset.over; });
  on(window, 'drop', async event => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    delete part('drop').dataset.over;
    const files = await dropped(event.dataTransfer);
    if (files.length === 0) tell('There is no table and no log in this folder. Of an MLflow store, drop a zip.');
    upload(files);
  });

  // From now on drops and clicks are heard; a file may have been chosen before.
  box.dataset.interactive = '';
  upload([...part('picker').files]);

  attached = { stop: () => { life.abort(); running?.abort(); } };
}

export function detach() {
  attached?.stop();
  attached = undefined;
}

function send(file, signal, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const nothing = 'Nothing of it was stored.';
    request.open('POST', new URL('api/v1/uploads?name=' + encodeURIComponent(file.name), document.baseURI));
    request.setRequestHeader('X-Requested-With', 'ScalingDashboard');
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.responseType = 'json';
    request.upload.onprogress = event => progress(event.loaded);
    request.onload = () => (request.status === 200 ? resolve(request.response.id)
      : reject(new Error(request.response?.error ?? `The server answered ${request.status} to ${file.name}. ${nothing} Try again.`)));
    request.onerror = () => reject(new Error(`The connection broke off while ${file.name} was sent. ${nothing} Check that the server is running and that the file has not changed, then try again.`));
    request.onabort = () => reject(new Error(`Sending ${file.name} was stopped. ${nothing}`));
    signal.addEventListener('abort', () => request.abort());
    progress(0);
    request.send(file);
  });
}

/** Files as they are; of folders, the logs inside, in the order of their names. */
async function dropped(transfer) {
  const plain = [...transfer.files];
  const entries = [...transfer.items].map(item => item.webkitGetAsEntry?.());
  if (!entries.some(entry => entry?.isDirectory)) return plain;
  return (await Promise.all(entries.filter(Boolean).map(filesOf))).flat();
}

async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const entries = [];
  for (;;) {
    // A folder hands its entries out in portions.
    const portion = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (portion.length === 0) break;
    entries.push(...portion);
  }
  entries.sort((left, right) => left.name.localeCompare(right.name, 'en', { numeric: true }));
  return (await Promise.all(entries.filter(inner => inner.isDirectory || logs.test(inner.name)).map(filesOf))).flat();
}

function size(bytes) {
  const [unit, name] = bytes >= 1e9 ? [1e9, 'GB'] : bytes >= 1e6 ? [1e6, 'MB'] : bytes >= 1e3 ? [1e3, 'kB'] : [1, 'bytes'];
  return `${+(bytes / unit).toPrecision(3)} ${name}`;
}
