/* The outbox: what was written here and is not yet known to be safe on the server.
   One IndexedDB per person, so that the next person on a shared phone neither sees nor sends it.
   Shared by pages and the service worker; it knows no DOM. 'phone' is the person without an account. */
(() => {
  const name = uid => `outbox-${uid}`;
  const open = (uid, make) => new Promise((ok, no) => {
    const asked = indexedDB.open(name(uid), 1);
    setTimeout(no, 5000, new DOMException('', 'TimeoutError'));   // some browsers never answer; then the words go another way
    asked.onupgradeneeded = () => {
      if (!make) return asked.transaction.abort();        // looking must not re-create what was wiped
      const queue = asked.result.createObjectStore('queue', { keyPath: 'n', autoIncrement: true });
      queue.createIndex('id', 'id', { unique: true });    // n keeps the order even when the clock is wrong
      asked.result.createObjectStore('drafts');
    };
    asked.onsuccess = () => { asked.result.onversionchange = () => asked.result.close(); ok(asked.result); };
    asked.onerror = () => no(asked.error);
  });
  const inside = async (uid, mode, store, act, make = mode === 'readwrite') => {
    const db = await open(uid, make);
    try {
      return await new Promise((ok, no) => {
        const work = db.transaction(store, mode, { durability: 'strict' });
        let found;
        act(work.objectStore(store), value => { found = value; });
        work.oncomplete = () => ok(found);
        work.onabort = work.onerror = () => no(work.error || new DOMException('', 'AbortError'));
      });
    } finally { db.close(); }
  };
  const byId = (store, id, then) => { store.index('id').get(id).onsuccess = e => then(e.target.result); };

  /* A later version of the same entry takes the earlier one's place in the line. */
  const put = (uid, entry) => inside(uid, 'readwrite', 'queue', store => byId(store, entry.id, old => {
    store.put({ ...old, bad: 0, hold: 0, ...entry, v: crypto.randomUUID(), ...(old && { n: old.n }) });
  }));
  /* Only the version that was sent is let go: words added while it travelled stay in the line. */
  const settle = (uid, sent, bad) => inside(uid, 'readwrite', 'queue', store => byId(store, sent.id, now => {
    if (now?.v !== sent.v) return;
    if (bad) store.put({ ...now, bad }); else store.delete(now.n);
  }), false);
  const del = (uid, id) => inside(uid, 'readwrite', 'queue', store => byId(store, id, old => old && store.delete(old.n)), false);
  const all = uid => inside(uid, 'readonly', 'queue', (store, give) => { store.getAll().onsuccess = e => give(e.target.result); }).catch(() => []);
  const wipe = uid => new Promise(ok => { const r = indexedDB.deleteDatabase(name(uid)); r.onsuccess = r.onerror = r.onblocked = ok; });
  const draft = (uid, key, value) => inside(uid, 'readwrite', 'drafts', store => value ? store.put(value, key) : store.delete(key), !!value).catch(() => {});
  const drafted = (uid, key) => inside(uid, 'readonly', 'drafts', (store, give) => { store.get(key).onsuccess = e => give(e.target.result); }).catch(() => {});
  const move = async (from, to) => { for (const { n, v, ...entry } of await all(from)) { await put(to, entry); await del(from, entry.id); } };

  /* One request. Our own server names the entry it saved, so a hotel's sign-in page is never taken for it. */
  const send = async (uid, entry, stop) => {
    let reply;
    try {
      reply = await fetch(entry.url || '/journal', {
        method: 'POST', redirect: 'error', cache: 'no-store', credentials: 'same-origin',
        signal: AbortSignal.any([AbortSignal.timeout(10000), ...(stop ? [stop] : [])]),
        headers: { 'X-Outbox': entry.id, 'X-Uid': uid }, body: new URLSearchParams([...entry.fields, ['sent_at', new Date().toISOString()]]),
      });
    } catch { return { why: 'network' }; }
    const { status } = reply;
    if (status === 401 || status === 409) return { why: 'signin' };
    if (status === 400 || status === 413 || status === 422) return { bad: status };
    if (entry.id.startsWith('undo-') && status === 404) return { html: '' };   // taken back before it ever arrived
    const ours = reply.headers.get('X-Saved') === entry.id;
    if (status === 404 && ours && entry.url) return { bad: status };     // there is no such door: the words stay, and the line goes on
    if (status === 410 && ours) return { html: '', gone: true };
    const often = status === 429 && !!entry.url;          // too often of this kind: the journal does not wait for it
    if (!reply.ok || !ours) return { why: 'server', odd: often || status < 500 && status !== 429, often };
    return { html: await reply.text().catch(() => '') };
  };

  /* A page that is put aside for Back keeps its turn, and nobody else could send: so it lets go as it is hidden. */
  const alone = async (uid, work) => {
    const stop = new AbortController(), told = { uid, sent: [], why: 'hidden', left: 1, bad: 0 };
    let hide;
    const hidden = new Promise(ok => { hide = () => { stop.abort(); ok(told); }; });
    self.addEventListener('pagehide', hide);
    try { return await navigator.locks.request(name(uid), { signal: stop.signal }, () => Promise.race([work(stop.signal), hidden])); }
    catch (x) { if (stop.signal.aborted) return told; throw x; }
    finally { self.removeEventListener('pagehide', hide); }
  };

  /* Oldest first, one drain at a time for pages, tabs and worker alike; a refused entry never blocks the rest. */
  const drain = uid => alone(uid, async stop => {
    const told = { uid, sent: [], refused: [], why: '' }, odd = new Set();
    const due = e => !e.bad && !odd.has(e.id) && !(e.hold > Date.now() && e.hold < Date.now() + 3e5);
    for (let batch; !told.why && (batch = (await all(uid)).filter(due)).length;) for (const entry of batch) {
      const result = await send(uid, entry, stop);
      if (result.bad || result.often) told.refused.push(entry.id);
      if (result.odd) { odd.add(entry.id); continue; }
      if (result.why) { told.why = result.why; break; }
      await settle(uid, entry, result.bad);
      if (result.gone) await draft(uid, 'gone', Date.now());   // said on the next page too: nobody may be looking now
      if (!result.bad) told.sent.push({ id: entry.id, html: result.html, gone: result.gone });
    }
    const left = await all(uid);
    return { ...told, why: told.why || (odd.size ? 'server' : ''), left: left.filter(e => !e.bad).length, bad: left.filter(e => e.bad).length };
  });
  self.Outbox = { put, del, all, wipe, draft, drafted, move, send, drain };
})();
