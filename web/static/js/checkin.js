/* form[data-outbox]: a tap on a sky is already saved; everything after it amends the same entry. */
(() => {
  const bound = new WeakSet();
  const bind = form => {
    if (bound.has(form)) return;
    bound.add(form);
    form.autocomplete = 'off';                            // or a reloaded page would hold the id of the entry before
    const quick = form.hasAttribute('data-quick'), after = form.querySelector('.after'), said = after?.querySelector('[role=status]');
    const key = form.getAttribute('action') + ' ' + location.pathname + location.search;
    let timer, dirty = false, kept = 0;                   // since when this form has an entry of its own
    const long = () => [...form.querySelectorAll('textarea[data-most]')].find(a => [...a.value.replace(/\r\n/g, '\n')].length > a.dataset.most);
    const fits = () => {
      const area = long();
      form.querySelectorAll('textarea[data-most]').forEach(a => a.setCustomValidity(a === area ? a.dataset.tooLong : ''));
      return !area || (form.reportValidity(), false);
    };
    const keep = hold => {
      const fields = Queue.fieldsOf(form);
      return Queue.save(fields, { url: form.dataset.url, hold }).then(() => {
        kept = Date.now();
        Outbox.draft(Queue.uid, key, null);
        if (said) { said.textContent = form.dataset.saved; after.hidden = false; offer(true); }
        const more = form.querySelector('[data-add]');    // the id alone: what somebody wrote has no place in a browser's history
        if (more) { more.hash = `id=${form.elements.id.value}`; try { sessionStorage.entry = JSON.stringify(fields); } catch {} }
      });
    };
    const note = hold => {
      timer = 0;
      if (kept && !long()) return keep(hold).catch(() => {});
      return Outbox.draft(Queue.uid, key, [...new FormData(form)].filter(([k, v]) => v && typeof v === 'string'));
    };
    const offer = on => after.querySelectorAll('a, button').forEach(b => { b.hidden = !on; });   // what was taken back can be neither added to nor taken back
    const fresh = () => { kept = 0; form.reset(); form.elements.id.value = form.elements.felt_at.value = ''; };
    form.addEventListener('change', e => { if (quick && e.target.name === 'mood') keep(0).catch(() => {}); });
    form.addEventListener('input', e => {                 // held back from sending while the person is still writing
      if (quick && e.target.name === 'mood') return;
      clearTimeout(timer);
      timer = setTimeout(note, 300, Date.now() + 60000);
      dirty = true;
    });
    const away = () => { if (timer || dirty) { clearTimeout(timer); dirty = false; note(0); } };
    addEventListener('pagehide', away);
    document.addEventListener('visibilitychange', () => { // an app left open overnight starts a new entry, not yesterday's again
      if (document.visibilityState === 'hidden') away();
      else if (quick && kept && Date.now() - kept > 6e5 && !long()) { fresh(); after.hidden = true; }
    });
    form.addEventListener('click', e => {
      if (!e.target.closest('[data-undo]')) return;
      clearTimeout(timer); timer = 0; dirty = false;
      const { value } = form.elements.id;
      fresh();
      offer(false);
      Queue.undo(value).finally(() => { said.textContent = form.dataset.undone; });
    });
    form.sendNow = async () => {
      clearTimeout(timer); timer = 0; dirty = false;
      if (!fits()) return;
      await keep(0);
      await Promise.race([Queue.drain(), new Promise(ok => setTimeout(ok, 1500))]);
      await form.querySelector('beside-care')?.before?.();
      location.assign(`/journal#e-${form.elements.id.value}`);
    };
    /* Every pair finds its place; a word of one's own that has no box yet gets one. */
    const fill = pairs => {
      for (const f of form.elements) {
        const values = pairs.filter(([k]) => k === f.name).map(([, v]) => v);
        if (f.type === 'radio' || f.type === 'checkbox') f.checked = values.length ? values.includes(f.value) : f.checked;
        else if (f.name && values.length && !form.querySelector(`[type=checkbox][name="${f.name}"]`)) f.value = values[0];
      }
      for (const [k, v] of pairs) {
        const boxes = [...form.querySelectorAll(`label > [type=checkbox][name="${CSS.escape(k)}"]`)];
        if (!boxes.length || boxes.some(b => b.value === v)) continue;
        const chip = boxes[0].parentNode.cloneNode(true), box = chip.querySelector('input');
        chip.className = 'chip'; chip.querySelector('small')?.remove(); chip.querySelector('span').textContent = box.value = v;
        box.checked = true;
        boxes[0].parentNode.before(chip);
      }
    };
    const start = async () => {
      const id = location.pathname === '/journal/new' && new URLSearchParams(location.hash.slice(1)).get('id');
      const last = (() => { try { return JSON.parse(sessionStorage.entry); } catch { return []; } })();
      const old = id && ((await Outbox.all(Queue.uid)).find(e => e.id === id)?.fields ?? (last.some(([k, v]) => k === 'id' && v === id) && last));
      const draft = !(quick && location.pathname !== '/journal/new') && await Outbox.drafted(Queue.uid, key);
      if (old || draft) fill(old || draft);
      if (draft && !old) form.querySelector('[data-kept]')?.removeAttribute('hidden');
      if (form.elements.id.value && quick) kept = Date.now();
    };
    start();
  };
  addEventListener('submit', e => {                       // capture: before htmx or the browser send it
    if (!e.target.matches?.('form[data-outbox]') || !self.isSecureContext) return;
    e.preventDefault(); e.stopImmediatePropagation();
    bind(e.target); e.target.sendNow().catch(() => {});
  }, true);
  addEventListener('DOMContentLoaded', () => { if (self.isSecureContext) document.querySelectorAll('form[data-outbox]').forEach(bind); });
})();
