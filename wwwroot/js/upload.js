// Sends files and pasted tables to the upload endpoint, one after the other; called by Components/Controls/UploadBox.razor.cs.
// What is taken out of a folder: tables and logs, no weights and pictures; of an MLflow store also the files that are named by their metric.
const logs = /\.(csv|tsv|jsonl|ndjson|txt|log|out|md|gz|zip)$|(state|log|history|metric)[^/]*\.json$|tfevents|(^|\/)(hparams|meta)\.yaml$|(^|\/)(metrics|params|tags)\/./i;
const archives = /\.(gz|zip)$/i; // are looked into only when they stand alone
const mostInFolder = 2000;
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

  // Takes files that stand alone, and folders: { name, files: [{ file, path }] }.
  const upload = async (files, folders = []) => {
    if (running || files.length + folders.length === 0) return;
    tell('');
    const together = folders.flatMap(folder => folder.files.map(inner => inner.file));
    const all = [...files, ...together];
    if (files.length + folders.length > most) return tell(`${files.length} files at once are too many; take up to ${most}. Nothing was sent.`);
    const crowded = folders.find(folder => folder.files.length > mostInFolder);
    if (crowded) return tell(`The folder “${crowded.name}” holds ${crowded.files.length} logs; take up to ${mostInFolder} at once. Nothing was sent. Drop the folders of single runs.`);
    const large = all.find(file => file.size > limit);
    if (large) return tell(`“${large.name}” has ${size(large.size)}; one upload may have ${size(limit)}. Nothing was sent. Split the file, or start the server with a higher --upload-limit.`);
    running = new AbortController();
    part('progress').hidden = false;
    try {
      const staged = [];
      for (const [index, file] of all.entries()) {
        const which = all.length > 1 ? ` (${index + 1} of ${all.length})` : '';
        staged.push(await send(file, running.signal, sent => {
          part('bar').value = (index + sent / Math.max(file.size, 1)) / all.length;
          part('status').textContent = sent < file.size ? `Sending ${file.name}${which}: ${size(sent)} of ${size(file.size)}` : `Storing ${file.name}${which}`;
        }));
      }
      const ids = staged.slice(0, files.length);
      let next = files.length;
      for (const folder of folders) {
        part('status').textContent = `Putting ${folder.name} together`;
        ids.push(await combine(folder, staged.slice(next, next += folder.files.length), running.signal));
      }
      part('text').value = '';
      await owner.invokeMethodAsync('StagedAsync', ids);
    } catch (error) {
      if (!life.signal.aborted) tell(error.message);
    } finally {
      running = undefined;
      part('progress').hidden = true;
      part('picker').value = '';
      part('folder').value = '';
    }
  };

  const take = found => {
    if (found.files.length + found.folders.length === 0) tell('There is no table and no log in this folder.');
    upload(found.files, found.folders);
  };

  on(part('picker'), 'change', event => upload([...event.target.files]));
  on(part('folder'), 'change', event => {
    const files = [...event.target.files].map(file => ({ file, path: file.webkitRelativePath || file.name }));
    if (files.length > 0) take(sorted(files.filter(inner => wanted(inner.path))));
  });
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
    take(await dropped(event.dataTransfer));
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

/** Makes one upload of the files of a folder, by their ids. */
async function combine(folder, ids, signal) {
  const files = folder.files.map((inner, index) => ({ id: ids[index], path: inner.path }));
  const response = await fetch(new URL('api/v1/uploads/folder', document.baseURI), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'ScalingDashboard' },
    body: JSON.stringify({ name: folder.name, files }),
    signal,
  }).catch(() => { throw new Error(signal.aborted ? `Sending ${folder.name} was stopped. Nothing of it was stored.` : `The connection broke off while ${folder.name} was put together. Drop it again.`); });
  const answer = await response.json().catch(() => undefined);
  if (!response.ok) throw new Error(answer?.error ?? `The server answered ${response.status} to ${folder.name}. Drop it again.`);
  return answer.id;
}

/** Files as they are; of folders, the logs inside, together. */
async function dropped(transfer) {
  const files = [...transfer.files];
  const entries = [...transfer.items].map(item => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some(entry => entry.isDirectory)) return { files, folders: [] };
  const inner = (await Promise.all(entries.map(entry => filesOf(entry, entry.isFile)))).flat();
  return sorted(inner);
}

/** The files of an entry with their paths, which begin with the dropped folder. */
async function filesOf(entry, alone) {
  const path = entry.fullPath.replace(/^\//, '');
  if (entry.isFile) return [{ file: await new Promise((resolve, reject) => entry.file(resolve, reject)), path: alone ? '' : path }];
  const reader = entry.createReader();
  const entries = [];
  for (;;) {
    // A folder hands its entries out in portions.
    const portion = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (portion.length === 0) break;
    entries.push(...portion);
  }
  return (await Promise.all(entries.filter(inner => inner.isDirectory ? !inner.name.startsWith('.') : wanted(inner.fullPath)).map(inner => filesOf(inner, false)))).flat();
}

function wanted(path) {
  return logs.test(path) && !path.replace(/^\//, '').split('/').some(name => name.startsWith('.') || name === '__MACOSX');
}

/** What stands alone, and what belongs to one folder, in the order of the names. */
function sorted(inner) {
  inner.sort((left, right) => left.path.localeCompare(right.path, 'en', { numeric: true }));
  const isAlone = one => !one.path.includes('/') || archives.test(one.path);
  const folders = new Map();
  for (const one of inner.filter(one => !isAlone(one))) {
    const name = one.path.slice(0, one.path.indexOf('/'));
    folders.set(name, [...(folders.get(name) ?? []), one]);
  }
  return { files: inner.filter(isAlone).map(one => one.file), folders: [...folders].map(([name, files]) => ({ name, files })) };
}

function size(bytes) {
  const [unit, name] = bytes >= 1e9 ? [1e9, 'GB'] : bytes >= 1e6 ? [1e6, 'MB'] : bytes >= 1e3 ? [1e3, 'kB'] : [1, 'bytes'];
  return `${+(bytes / unit).toPrecision(3)} ${name}`;
}
