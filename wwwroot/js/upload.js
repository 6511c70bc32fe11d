// Sends files and pasted tables to the upload endpoint, one after the other, each in pieces, so that an upload goes on where it stopped;
// called by Components/Controls/UploadBox.razor.cs.
const piece = 4 * 1024 * 1024; // bytes of one request
const longestWait = 15e3, patience = 60e3; // ms between attempts; without any progress
const storage = 'uploads', day = 864e5; // what was begun in this browser and is not all sent: { key: { id, time } }
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
    part('unfinished').hidden = true;
    try {
      const staged = [];
      for (const [index, file] of all.entries()) {
        const which = all.length > 1 ? ` (${index + 1} of ${all.length})` : '';
        staged.push(await send(file, running.signal, (sent, lost) => {
          part('bar').value = (index + sent / Math.max(file.size, 1)) / all.length;
          part('status').textContent = lost ? `The connection is lost; ${size(sent)} of ${file.name} are stored. Trying again`
            : sent < file.size ? `Sending ${file.name}${which}: ${size(sent)} of ${size(file.size)}` : `Storing ${file.name}${which}`;
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
  on(part('cancel'), 'click', () => running?.abort(cancelled));
  on(part('discard'), 'click', async () => {
    part('unfinished').hidden = true;
    await discard(part('discard').dataset.id);
  });
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
  unfinished().then(left => {
    if (!left || running || life.signal.aborted) return;
    part('unfinished-text').textContent = `“${left.file_name}” was not sent in full: ${size(left.offset)} of ${size(left.length)} are stored. Choose the same file to go on from there.`;
    part('discard').dataset.id = left.id;
    part('unfinished').hidden = false;
  });

  attached = { stop: () => { life.abort(); running?.abort(); } };
}

export function detach() {
  attached?.stop();
  attached = undefined;
}

/**
 * Sends a file and tells its id. What this browser began before is gone on with: the server says how far it came, and a file is the same by name,
 * length, date and beginning. A lost connection is waited for; only the user, or words of the server, end the attempts.
 */
async function send(file, signal, progress) {
  const key = await keyOf(file);
  let id = begun()[key]?.id ?? randomId();
  let upload, attempts = 0;
  while (!upload?.sha256) {
    try {
      if (upload) {
        const start = upload.offset;
        upload = await request('PATCH', `${id}?offset=${start}`, signal, file.slice(start, start + piece), sent => progress(Math.min(start + sent, file.size)));
      } else {
        remember(key, id);
        upload = await request('PUT', `${id}?name=${encodeURIComponent(file.name)}&length=${file.size}`, signal);
      }
      attempts = 0;
      progress(upload.offset);
    } catch (error) {
      if (signal.aborted) {
        // Who leaves the page may come back; who cancels does not want it.
        if (signal.reason === cancelled) await discard(id);
        throw new Error(`Sending ${file.name} was stopped. Nothing of it was stored.`);
      }
      if (error.status === 409 && !upload) id = randomId();
      else if (error.status >= 400 && error.status < 500 && ![404, 408, 409, 429].includes(error.status)) throw error;
      // A file that changed or is gone cannot be read any more, which looks like a lost connection.
      await file.slice(0, 1).arrayBuffer().catch(() => { throw new Error(`${file.name} changed or is gone. Choose it again.`); });
      progress(upload?.offset ?? 0, true);
      upload = undefined; // asked for again
      await pause(Math.min(longestWait, 500 * 2 ** attempts++), signal);
    }
  }
  forget(id);
  return id;
}

const cancelled = 'cancelled';

function request(method, path, signal, body, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let stalled;
    const alive = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), patience);
    };
    const end = () => request.abort();
    request.open(method, new URL('api/v1/uploads/' + path, document.baseURI));
    request.setRequestHeader('X-Requested-With', 'ScalingDashboard');
    if (body) request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.responseType = 'json';
    request.upload.onprogress = event => {
      alive();
      progress?.(event.loaded);
    };
    request.onloadend = () => {
      clearTimeout(stalled);
      signal.removeEventListener('abort', end);
      if (request.status >= 200 && request.status < 300) resolve(request.response);
      else reject(Object.assign(new Error(request.response?.error ?? `The server answered ${request.status}. Try again.`), { status: request.status }));
    };
    signal.addEventListener('abort', end);
    if (signal.aborted) return request.onloadend();
    alive();
    request.send(body ?? null);
  });
}

/** Waits, but no longer than until the network is there again. */
function pause(time, signal) {
  return new Promise(resolve => {
    const timer = setTimeout(go, time);
    function go() {
      clearTimeout(timer);
      window.removeEventListener('online', go);
      signal.removeEventListener('abort', go);
      resolve();
    }
    window.addEventListener('online', go);
    signal.addEventListener('abort', go);
  });
}

async function discard(id) {
  forget(id);
  await fetch(new URL('api/v1/uploads/' + id, document.baseURI), { method: 'DELETE', headers: { 'X-Requested-With': 'ScalingDashboard' } }).catch(() => { /* it is removed after a day */ });
}

/** The last upload that was begun in this browser and is not all there; undefined without one. */
async function unfinished() {
  for (const { id } of Object.values(begun()).sort((left, right) => right.time - left.time).slice(0, 5)) {
    const answer = await fetch(new URL('api/v1/uploads/' + id, document.baseURI)).catch(() => undefined);
    if (answer?.status === 404) forget(id);
    const upload = answer?.ok ? await answer.json() : undefined;
    if (upload && !upload.sha256 && upload.offset > 0) return upload;
  }
}

async function keyOf(file) {
  let hash = 0;
  for (const byte of new Uint8Array(await file.slice(0, 65536).arrayBuffer())) hash = (Math.imul(hash, 31) + byte) | 0;
  return [file.name, file.size, file.lastModified, hash].join(' ');
}

function randomId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('');
}

function begun() {
  try {
    return Object.fromEntries(Object.entries(JSON.parse(localStorage.getItem(storage) ?? '{}')).filter(([, one]) => Date.now() - one.time < day));
  } catch {
    return {}; // switched off, or not ours
  }
}

function remember(key, id) {
  store({ ...begun(), [key]: { id, time: Date.now() } });
}

function forget(id) {
  store(Object.fromEntries(Object.entries(begun()).filter(([, one]) => one.id !== id)));
}

function store(uploads) {
  try {
    localStorage.setItem(storage, JSON.stringify(uploads));
  } catch { /* switched off or full: a reload then begins anew */ }
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
