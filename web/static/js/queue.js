/* Between a form and the outbox: durable first, then on screen, then the network. */
(() => {
  const remembered = (() => { try { return localStorage.uid; } catch { return ''; } })();
  const meta = document.querySelector('meta[name=uid]')?.content;
  if (meta) try { localStorage.uid = meta; } catch {}
  const uid = meta || remembered || 'phone';
  const two = n => String(n).padStart(2, '0');
  const iso = d => {                                      // the moment with the phone's own offset
    const off = -d.getTimezoneOffset(), a = Math.abs(off);
    return new Date(+d + off * 6e4).toISOString().slice(0, -1) + (off < 0 ? '-' : '+') + two(a / 60 | 0) + ':' + two(a % 60);
  };
  const fieldsOf = form => {
    const fill = (name, value) => { const f = form.elements[name]; if (f && !f.value) f.value = value; };
    fill('id', crypto.randomUUID());
    fill('tz', Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC');
    fill('felt_at', iso(new Date()));
    return [...new FormData(form)].filter(([k, v]) => typeof v === 'string' && k !== 'edited_at').concat([['edited_at', new Date().toISOString()]]);
  };

  /* The quick copy in localStorage is written in the same breath as the tap: a tab killed now loses nothing. */
  const seen = new Set();
  const save = async (fields, { url, hold = 0 } = {}) => {
    const id = Object.fromEntries(fields).id, entry = { id, fields, url, hold }, key = `wal-${uid}-${id}`, copy = JSON.stringify(entry);
    try { localStorage[key] = copy; } catch {}
    try { await Outbox.put(uid, entry); }
    catch (x) {                                           // no store, or no room: straight to the server, or say so
      const sent = uid === 'phone' ? { why: 'full' } : await Outbox.send(uid, entry);
      if (sent.why || sent.bad) { tell({ why: 'full' }); throw x; }
      tell({ sent: [{ id, html: sent.html, gone: sent.gone }] });
    }
    try { if (localStorage[key] === copy) delete localStorage[key]; } catch {}   // not the copy of words typed since
    navigator.storage?.persist?.().catch(() => {});
    changed();
    if (!url && !seen.has(id)) { seen.add(id); dispatchEvent(new Event('outbox-kept')); }
    if (uid === 'phone') return id;
    navigator.serviceWorker?.getRegistration().then(r => r?.sync?.register(`outbox:${uid}`)).catch(() => {});
    drain();
    return id;
  };
  const undo = async id => {                              // it may be on the server already, or on its way
    try { delete sessionStorage.entry; } catch {}         // or Add more would go on with what was taken back
    await Outbox.del(uid, id);
    if (uid !== 'phone') await save([['id', `undo-${id}`]], { url: `/journal/${id}/remove` });
    changed();
  };
  const recover = async () => {
    for (const who of new Set([uid, 'phone'])) for (const key of Object.keys(localStorage).filter(k => k.startsWith(`wal-${who}-`))) {
      try { await Outbox.put(who, JSON.parse(localStorage[key])); delete localStorage[key]; } catch {}
    }
  };

  const changed = () => dispatchEvent(new Event('outbox'));
  const tell = told => dispatchEvent(new CustomEvent('outbox-told', { detail: told }));
  let busy, again, timer, pause = 2000;
  const drain = () => {
    if (uid === 'phone') return;
    if (busy) { again = true; return busy; }
    return busy = (async () => {
      try {
        const told = await Outbox.drain(uid);
        tell(told);
        clearTimeout(timer);
        if (told.sent.length) pause = 2000;               // some got through, so the line is not dead
        if (told.left && told.why !== 'signin') {         // `online` never fires on a bad line, so keep knocking, softly
          timer = setTimeout(drain, pause * (0.75 + Math.random() / 2));
          pause = Math.min(pause * 2, 300000);
        } else pause = 2000;
      } catch {} finally { busy = null; if (again) { again = false; drain(); } }
    })();
  };
  addEventListener('online', () => { pause = 2000; drain(); });
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') { pause = 2000; drain(); } });
  addEventListener('pageshow', async () => { await recover().catch(() => {}); changed(); drain(); });
  navigator.serviceWorker?.addEventListener('message', e => { if (e.data?.uid === uid) tell(e.data); });
  self.Queue = { uid, signedIn: !!meta, save, undo, drain, fieldsOf, iso };
})();
